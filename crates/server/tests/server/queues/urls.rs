//! URLs, and whose queues are whose.

use http::header::HOST;
use serde_json::{Value, json};

use super::{ask, bodies, create, send, url};
use crate::support::{Server, claiming, sqs_request};

#[tokio::test]
async fn urls_have_the_name_that_the_client_calls_the_server() {
    let server = Server::start().await;
    let names = ["localhost:4582", "127.0.0.1", "[::1]:4582"];
    for name in names {
        let mut request = sqs_request("CreateQueue", &json!({"QueueName": "orders"}));
        request.headers_mut().insert(HOST, name.parse().unwrap());
        let made = server.send(request).await.json();
        assert_eq!(made["QueueUrl"], format!("http://{name}/000000000000/orders"));
    }
    // Each of them is the queue's.
    for name in names {
        send(&server, &format!("http://{name}/000000000000/orders"), name).await;
    }
    assert_eq!(bodies(&server, &url(&server, "orders")).await, names);
    let listed = ask(&server, "ListQueues", json!({})).await;
    assert_eq!(listed["QueueUrls"], json!([url(&server, "orders")]));
}

/// Asks as somebody, somewhere.
async fn ask_as(server: &Server, account: &str, region: &str, operation: &str, input: Value) -> (u16, Value) {
    let answer = server.send(claiming(sqs_request(operation, &input), account, region)).await;
    (answer.status.as_u16(), if answer.body.is_empty() { Value::Null } else { answer.json() })
}

#[tokio::test]
async fn accounts_and_regions_have_queues_of_their_own() {
    let server = Server::start().await;
    let homes = [("111111111111", "us-east-1"), ("111111111111", "eu-west-1"), ("222222222222", "us-east-1")];
    for (account, region) in homes {
        let (_, made) = ask_as(&server, account, region, "CreateQueue", json!({"QueueName": "q"})).await;
        let queue = &made["QueueUrl"];
        assert_eq!(*queue, format!("http://{}/{account}/q", server.http));
        let input = json!({"QueueUrl": queue, "MessageBody": format!("{account} {region}")});
        assert_eq!(ask_as(&server, account, region, "SendMessage", input).await.0, 200);
    }
    for (account, region) in homes {
        let queue = format!("http://{}/{account}/q", server.http);
        let (_, received) = ask_as(&server, account, region, "ReceiveMessage", json!({"QueueUrl": queue})).await;
        assert_eq!(received["Messages"][0]["Body"], format!("{account} {region}"));
        assert_eq!(received["Messages"].as_array().unwrap().len(), 1);
        let (_, listed) = ask_as(&server, account, region, "ListQueues", json!({})).await;
        assert_eq!(listed["QueueUrls"], json!([queue]));
        let input = json!({"QueueUrl": queue, "AttributeNames": ["QueueArn"]});
        let (_, found) = ask_as(&server, account, region, "GetQueueAttributes", input).await;
        assert_eq!(found["Attributes"]["QueueArn"], format!("arn:aws:sqs:{region}:{account}:q"));
    }
    // The queues of others are there, and closed.
    let queue = format!("http://{}/222222222222/q", server.http);
    let input = json!({"QueueUrl": queue, "MessageBody": "x"});
    let (status, refusal) = ask_as(&server, "111111111111", "us-east-1", "SendMessage", input).await;
    assert_eq!((status, &refusal["message"]), (403, &json!(format!("Access to the resource {queue} is denied."))));
    assert_eq!(refusal["__type"], "com.amazon.coral.service#AccessDeniedException");
}

#[tokio::test]
async fn queues_are_listed_in_pages() {
    let server = Server::start().await;
    for queue in ["b", "a2", "a1", "a3"] {
        create(&server, queue, json!({})).await;
    }
    let mut pages = Vec::new();
    let mut input = json!({"QueueNamePrefix": "a", "MaxResults": 2});
    loop {
        let page = ask(&server, "ListQueues", input.clone()).await;
        pages.push(page["QueueUrls"].clone());
        match page.get("NextToken") {
            Some(token) => input["NextToken"] = token.clone(),
            None => break,
        }
    }
    let url = |queue| url(&server, queue);
    assert_eq!(pages, [json!([url("a1"), url("a2")]), json!([url("a3")])]);
    let none = ask(&server, "ListQueues", json!({"QueueNamePrefix": "c"})).await;
    assert_eq!(none, json!({}));
}
