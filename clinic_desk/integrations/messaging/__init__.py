"""Messages on their way out: e-mail, SMS and WhatsApp gateways, and a folder for trying out."""
