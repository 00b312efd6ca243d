"""WeCom customer service (微信客服): the same conversation over the company's own WeChat."""
