"""Fine-tuning of a backbone's last layers on one's own pictures."""
