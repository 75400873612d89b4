"""The demo day: 8 August 2021 in Baiguan, played through the actions by an invented cast. Never on in production."""
