"""Acts on the organisation and on account teams."""
