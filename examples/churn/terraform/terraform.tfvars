alert_email = "oncall@retainwise.example"
