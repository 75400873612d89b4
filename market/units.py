"""The words of weight and what they weigh: the fixed units in whole grams, and the words for packs.

Plain facts without Django, for whoever reads text before there is a site. What a person types in a form is read by
`market.quantities`, pasted relay text by `orders.relay`; both take the weights from here.
"""

GRAMS = {
    "斤": 500,
    "公斤": 1000,
    "吨": 1_000_000,
    "担": 50_000,
    "两": 50,
    "万斤": 5_000_000,
    "克": 1,
}
ALSO = {
    "斤": ("市斤", "jin"),
    "公斤": ("千克", "kg"),
    "吨": ("公吨", "t", "tonne", "tonnes"),
    "担": ("市担", "dan"),
    "两": ("市两", "liang"),
    "万斤": ("w斤", "wanjin"),
    "克": ("g",),
}
NAMES = {name: unit for unit in GRAMS for name in (unit, *ALSO[unit])}

# Words for a package. What one weighs is each listing's own to say.
PACK_WORDS = ("件", "筐", "箱", "袋", "捆", "泡沫箱", "笼", "坛", "片")
PACK_SPELLINGS = {"框": "筐", "包": "袋", "把": "捆"}
