import chat_client

chat_client.run()
