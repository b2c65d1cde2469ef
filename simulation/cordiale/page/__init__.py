"""The interactive page (`cordiale page`): a Streamlit app in small rooms; nothing else imports Streamlit."""
