//! The queue on RabbitMQ: the contract, and what can happen to a broker. Needs one: `tests/run` starts it and sets
//! `MARSAD_TEST_AMQP` and `MARSAD_TEST_RABBITMQ_API`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::{join_all, try_join_all};
use marsad_queue::contract::Subject;
use marsad_queue::{Delivery, Lane, Message, Queue, QueueError, RabbitOptions, RabbitQueue};
use support::{Proxy, Vhost};

const PATIENCE: Duration = Duration::from_secs(30);

fn options(url: String) -> RabbitOptions {
    RabbitOptions {
        prefetch: 64,
        delays: vec![Duration::from_millis(600), Duration::from_secs(2)],
        ..RabbitOptions::new(url)
    }
}

async fn subject() -> Subject {
    let vhost = Vhost::create();
    let lane_cap = 8 << 20;
    let options = RabbitOptions { max_length_bytes: lane_cap as u64, ..options(vhost.url()) };
    let (delay, delivery_limit) = (options.delays[0], options.delivery_limit);
    let queue = Arc::new(RabbitQueue::connect(options).await.unwrap());
    Subject { queue, delay, lane_cap, delivery_limit, keep: Box::new(vhost) }
}

mod contract {
    marsad_queue::contract_tests!(super::subject);
}

async fn claim_one(queue: &RabbitQueue) -> Delivery {
    let started = Instant::now();
    loop {
        // While the connection is being made again a claim says so; a worker goes on claiming.
        match queue.claim(1, Duration::from_secs(1)).await {
            Ok(mut claimed) if !claimed.is_empty() => return claimed.remove(0),
            Ok(_) | Err(QueueError::Unavailable { .. }) => {}
            Err(error) => panic!("{error}"),
        }
        assert!(started.elapsed() < PATIENCE, "no message came");
    }
}

async fn publish_when_possible(queue: &RabbitQueue, message: &Message) {
    let started = Instant::now();
    while let Err(error) = queue.publish(message.clone()).await {
        assert!(matches!(error, QueueError::Unavailable { .. }), "{error}");
        assert!(started.elapsed() < PATIENCE, "{error}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn message(key: &str) -> Message {
    Message::new(key, Lane::Live, "body")
}

#[tokio::test]
async fn a_full_lane_refuses_and_the_other_does_not() {
    let vhost = Vhost::create();
    let options = RabbitOptions { max_length_bytes: 10_000, ..options(vhost.url()) };
    let queue = RabbitQueue::connect(options).await.unwrap();
    let big = |lane| Message::new("k", lane, vec![0; 4000]);
    let mut refused = None;
    for _ in 0..20 {
        if let Err(error) = queue.publish(big(Lane::Live)).await {
            refused = Some(error);
            break;
        }
    }
    assert!(matches!(refused, Some(QueueError::Full { .. })), "{refused:?}");
    queue.publish(big(Lane::Backfill)).await.unwrap();
    // It takes messages again once it was drained.
    for _ in 0..queue.depth().await.unwrap().live {
        claim_one(&queue).await.ack().await.unwrap();
    }
    let started = Instant::now();
    while let Err(error) = queue.publish(big(Lane::Live)).await {
        assert!(matches!(error, QueueError::Full { .. }), "{error}");
        assert!(started.elapsed() < PATIENCE, "still full");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    queue.close().await;
}

#[tokio::test]
async fn a_cut_connection_is_made_again_and_nothing_is_lost() {
    let vhost = Vhost::create();
    let proxy = Proxy::start(vhost.broker()).await;
    let queue = RabbitQueue::connect(options(vhost.url_through(proxy.address()))).await.unwrap();
    for key in ["acked", "retried", "parked", "dropped"] {
        queue.publish(message(key)).await.unwrap();
    }
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(claim_one(&queue).await);
    }
    proxy.cut();
    let started = Instant::now();
    publish_when_possible(&queue, &message("after")).await;
    let published_after = started.elapsed();
    // Whoever settles what came by the lost connection is told so.
    let (third, second, first) = (held.remove(2), held.remove(1), held.remove(0));
    assert_eq!(first.ack().await, Err(QueueError::LeaseLost));
    assert_eq!(second.retry(Duration::ZERO).await, Err(QueueError::LeaseLost));
    assert_eq!(third.park("late").await, Err(QueueError::LeaseLost));
    drop(held);

    let mut keys = Vec::new();
    for _ in 0..5 {
        let delivery = claim_one(&queue).await;
        let attempt = if delivery.message.key == "after" { 1 } else { 2 };
        assert_eq!(delivery.attempt, attempt, "{}", delivery.message.key);
        keys.push(delivery.message.key.clone());
        delivery.ack().await.unwrap();
    }
    keys.sort_unstable();
    assert_eq!(keys, ["acked", "after", "dropped", "parked", "retried"]);
    assert!(queue.claim(1, Duration::from_millis(300)).await.unwrap().is_empty());
    assert_eq!(queue.parked(9).await.unwrap(), []);
    assert!(published_after < Duration::from_secs(10), "publishing took {published_after:?} to come back");
    queue.close().await;
}

#[tokio::test]
async fn while_the_broker_is_away_everything_says_so_and_then_goes_on() {
    let vhost = Vhost::create();
    let proxy = Proxy::start(vhost.broker()).await;
    let queue = RabbitQueue::connect(options(vhost.url_through(proxy.address()))).await.unwrap();
    queue.publish(message("before")).await.unwrap();
    claim_one(&queue).await.ack().await.unwrap();
    proxy.refuse(true);
    proxy.cut();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let unavailable = |error| matches!(error, Some(QueueError::Unavailable { .. }));
    for _ in 0..5 {
        let started = Instant::now();
        assert!(unavailable(queue.publish(message("no")).await.err()));
        assert!(unavailable(queue.check().await.err()));
        assert!(unavailable(queue.depth().await.err()));
        assert!(unavailable(queue.claim(1, Duration::from_millis(100)).await.err()));
        assert!(started.elapsed() < Duration::from_secs(10));
    }
    proxy.refuse(false);
    publish_when_possible(&queue, &message("after")).await;
    let mut delivery = claim_one(&queue).await;
    if delivery.message.key == "before" {
        // The protocol does not confirm acks: this one was lost with the connection.
        assert_eq!(delivery.attempt, 2);
        delivery.ack().await.unwrap();
        delivery = claim_one(&queue).await;
    }
    assert_eq!((delivery.message.key.as_str(), delivery.attempt), ("after", 1));
    delivery.ack().await.unwrap();
    queue.check().await.unwrap();
    queue.close().await;
}

#[tokio::test]
async fn a_silent_broker_is_unavailable_by_the_deadline() {
    let vhost = Vhost::create();
    let proxy = Proxy::start(vhost.broker()).await;
    let confirm_timeout = Duration::from_millis(500);
    let options = RabbitOptions { confirm_timeout, ..options(vhost.url_through(proxy.address())) };
    let queue = RabbitQueue::connect(options).await.unwrap();
    proxy.silence(true);
    let started = Instant::now();
    let results = join_all((0..20).map(|n| queue.publish(message(&n.to_string())))).await;
    assert!(
        results.iter().all(|result| matches!(result, Err(QueueError::Unavailable { .. }))),
        "{results:?}"
    );
    assert!((confirm_timeout..confirm_timeout * 4).contains(&started.elapsed()), "{:?}", started.elapsed());
    assert!(matches!(queue.check().await, Err(QueueError::Unavailable { .. })));
    queue.close().await;
}

#[tokio::test]
async fn queues_that_vanish_are_noticed_and_declared_again() {
    let vhost = Vhost::create();
    let queue = RabbitQueue::connect(options(vhost.url())).await.unwrap();
    queue.publish(message("lost with its queue")).await.unwrap();
    vhost.delete_queue("marsad.live");
    // The broker confirms a message that it can put nowhere; the queue must not.
    let error = queue.publish(message("nowhere")).await.unwrap_err();
    assert!(matches!(error, QueueError::Unavailable { .. }), "{error}");
    queue.publish(message("again")).await.unwrap();
    let delivery = claim_one(&queue).await;
    assert_eq!(delivery.message.key, "again");
    delivery.ack().await.unwrap();

    // The same while it is being consumed from.
    vhost.delete_queue("marsad.live");
    publish_when_possible(&queue, &message("and again")).await;
    assert_eq!(claim_one(&queue).await.message.key, "and again");
    queue.close().await;
}

#[tokio::test]
async fn what_a_process_held_comes_back_when_it_ends() {
    let vhost = Vhost::create();
    let first = RabbitQueue::connect(options(vhost.url())).await.unwrap();
    for key in ["held", "buffered"] {
        first.publish(message(key)).await.unwrap();
    }
    let held = claim_one(&first).await;
    assert_eq!(held.message.key, "held");
    first.close().await;
    let second = RabbitQueue::connect(options(vhost.url())).await.unwrap();
    let mut keys = [claim_one(&second).await, claim_one(&second).await];
    keys.sort_by_key(|delivery| delivery.message.key.clone());
    assert_eq!(keys[1].message.key, "held");
    assert_eq!(keys[1].attempt, 2);
    second.close().await;
}

#[tokio::test]
async fn no_more_is_held_than_the_prefetch() {
    let vhost = Vhost::create();
    let options = || RabbitOptions { prefetch: 4, ..options(vhost.url()) };
    let (one, two) =
        (RabbitQueue::connect(options()).await.unwrap(), RabbitQueue::connect(options()).await.unwrap());
    try_join_all((0..8).map(|n| one.publish(message(&n.to_string())))).await.unwrap();
    let mut held = Vec::new();
    while held.len() < 4 {
        held.extend(one.claim(8, Duration::from_secs(5)).await.unwrap());
    }
    assert!(one.claim(8, Duration::from_millis(300)).await.unwrap().is_empty());
    // The rest is there for others.
    for _ in 0..4 {
        held.push(claim_one(&two).await);
    }
    assert!(join_all(held.into_iter().map(Delivery::ack)).await.iter().all(Result::is_ok));
    one.close().await;
    two.close().await;
}

#[tokio::test]
async fn a_retry_is_rounded_up_to_a_delay_that_there_is() {
    let vhost = Vhost::create();
    let queue = RabbitQueue::connect(options(vhost.url())).await.unwrap();
    queue.publish(message("k")).await.unwrap();
    for (asked, given) in [(0, 600), (601, 2000), (60_000, 2000)] {
        let delivery = claim_one(&queue).await;
        let started = Instant::now();
        delivery.retry(Duration::from_millis(asked)).await.unwrap();
        let again = claim_one(&queue).await;
        let waited = started.elapsed();
        assert!(waited >= Duration::from_millis(given), "{asked} ms became {waited:?}");
        assert!(waited < Duration::from_millis(given + 1300), "{asked} ms became {waited:?}");
        drop(again);
    }
    queue.close().await;
}

#[tokio::test]
async fn parked_messages_are_looked_through_one_at_a_time_across_processes() {
    let vhost = Vhost::create();
    let queues = [
        RabbitQueue::connect(options(vhost.url())).await.unwrap(),
        RabbitQueue::connect(options(vhost.url())).await.unwrap(),
    ];
    for _ in 0..30 {
        queues[0].publish(message("k")).await.unwrap();
    }
    for _ in 0..30 {
        claim_one(&queues[0]).await.park("test").await.unwrap();
    }
    let lists = join_all((0..6).map(|n| queues[n % 2].parked(100))).await;
    assert!(lists.iter().all(|list| list.as_ref().unwrap().len() == 30), "a visitor saw only a part");
    // More looks than any default limit of deliveries, and nothing was lost by looking.
    for _ in 0..25 {
        assert_eq!(queues[1].parked(5).await.unwrap().len(), 5);
    }
    let (forgotten, listed) = tokio::join!(queues[0].forget("k", "z"), queues[1].parked(100));
    assert_eq!(forgotten.unwrap(), 30);
    assert!([0, 30].contains(&listed.unwrap().len()));
    for queue in queues {
        queue.close().await;
    }
}

#[tokio::test]
async fn other_settings_than_the_brokers_are_refused_with_a_reason() {
    let vhost = Vhost::create();
    RabbitQueue::connect(options(vhost.url())).await.unwrap().close().await;
    let changed = RabbitOptions { delivery_limit: 9, ..options(vhost.url()) };
    match RabbitQueue::connect(changed).await {
        Err(QueueError::Invalid(why)) => assert!(why.contains("x-delivery-limit"), "{why}"),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("connected"),
    }
    let nobody = RabbitOptions::new("amqp://nobody:wrong@".to_owned() + &vhost.broker());
    assert!(matches!(RabbitQueue::connect(nobody).await, Err(QueueError::Unavailable { .. })));
    let nowhere = RabbitOptions::new("amqp://127.0.0.1:1/x");
    assert!(matches!(RabbitQueue::connect(nowhere).await, Err(QueueError::Unavailable { .. })));
    let no_url = RabbitOptions::new("broker");
    assert!(matches!(RabbitQueue::connect(no_url).await, Err(QueueError::Invalid(_))));
}

/// A broker that accepts connections and says nothing: publishers that come and give up must not keep one another from
/// connecting, nor make a connection each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn publishers_that_give_up_do_not_hinder_the_connection() {
    let vhost = Vhost::create();
    let proxy = Proxy::start(vhost.broker()).await;
    let confirm_timeout = Duration::from_secs(1);
    let options = RabbitOptions { confirm_timeout, ..options(vhost.url_through(proxy.address())) };
    let queue = Arc::new(RabbitQueue::connect(options).await.unwrap());
    let before = proxy.accepted();
    proxy.silence(true);
    proxy.cut();
    let started = Instant::now();
    let silent = Duration::from_secs(8);
    let mut publishing = Vec::new();
    let mut healed = false;
    // 50 a second, whether or not those before were answered.
    while started.elapsed() < silent + Duration::from_secs(10) {
        if !healed && started.elapsed() >= silent {
            healed = true;
            let attempts = proxy.accepted() - before;
            assert!((1..=4).contains(&attempts), "{attempts} connections in {silent:?}");
            proxy.silence(false);
        }
        let queue = Arc::clone(&queue);
        publishing
            .push(tokio::spawn(async move { queue.publish(message("k")).await.map(|()| Instant::now()) }));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let results: Vec<_> = join_all(publishing).await.into_iter().map(Result::unwrap).collect();
    assert!(results.iter().all(|result| matches!(result, Ok(_) | Err(QueueError::Unavailable { .. }))));
    let first = results.iter().filter_map(|result| result.as_ref().ok()).min().expect("none was published");
    assert!(*first - started < silent + Duration::from_secs(10), "first success {:?}", *first - started);
    assert!(results.last().unwrap().is_ok());
    queue.close().await;
}

#[tokio::test]
async fn more_may_be_parked_than_a_consumer_may_hold() {
    const PARKED: usize = 2100;
    let vhost = Vhost::create();
    let queue = RabbitQueue::connect(options(vhost.url())).await.unwrap();
    let messages: Vec<_> = (0..PARKED).map(|n| message(&format!("{}", n % 3)).with_stamp("1")).collect();
    for some in messages.chunks(300) {
        try_join_all(some.iter().map(|message| queue.publish(message.clone()))).await.unwrap();
    }
    let mut parked = 0;
    while parked < PARKED {
        let claimed = queue.claim(64, Duration::from_secs(5)).await.unwrap();
        parked += claimed.len();
        try_join_all(claimed.into_iter().map(|delivery| delivery.park("test"))).await.unwrap();
    }
    assert_eq!(queue.parked(usize::MAX).await.unwrap().len(), PARKED);
    let last: Vec<_> = messages[PARKED - 3..].iter().map(|message| message.id).collect();
    let started = Instant::now();
    assert_eq!(queue.replay(&last).await.unwrap().len(), 3);
    println!("a visit of {PARKED} took {:?}", started.elapsed());
    assert_eq!(queue.forget("1", "2").await.unwrap(), (PARKED / 3 - 1) as u64);
    assert_eq!(queue.parked(usize::MAX).await.unwrap().len(), PARKED - 3 - (PARKED / 3 - 1));
    queue.close().await;
}

#[tokio::test]
async fn readiness_heals_a_missing_queue_by_itself() {
    let vhost = Vhost::create();
    let queue = RabbitQueue::connect(options(vhost.url())).await.unwrap();
    for name in ["marsad.live", "marsad.backfill"] {
        vhost.delete_queue(name);
        let error = queue.check().await.unwrap_err();
        assert!(matches!(error, QueueError::Unavailable { .. }), "{error}");
        let started = Instant::now();
        while let Err(error) = queue.check().await {
            assert!(started.elapsed() < PATIENCE, "{error}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    // Likewise when somebody only looks at the depth.
    vhost.delete_queue("marsad.parked");
    assert!(queue.depth().await.is_err());
    assert_eq!(queue.depth().await.unwrap().parked, 0);
    queue.close().await;
}

#[tokio::test]
async fn a_full_backfill_lane_does_not_hold_up_live_retries() {
    // More than the broker moves at once from one queue that dead letters leave.
    const STUCK: usize = 40;
    let vhost = Vhost::create();
    let options = RabbitOptions { max_length_bytes: 10_000, prefetch: 4 * 50, ..options(vhost.url()) };
    let delay = options.delays[1];
    let queue = RabbitQueue::connect(options).await.unwrap();
    let big = |lane| Message::new("k", lane, vec![0; 4000]);
    let mut stuck = Vec::new();
    while stuck.len() < STUCK {
        queue.publish(big(Lane::Backfill)).await.unwrap();
        stuck.push(claim_one(&queue).await);
    }
    queue.publish(big(Lane::Live)).await.unwrap();
    let live = claim_one(&queue).await;
    assert_eq!((stuck[0].message.lane, live.message.lane), (Lane::Backfill, Lane::Live));
    let id = live.message.id;
    try_join_all(stuck.into_iter().map(|delivery| delivery.retry(delay))).await.unwrap();
    // What fits into the prefetch comes here and is not claimed, the rest fills the lane.
    let mut full = false;
    for _ in 0..100 {
        full |= queue.publish(big(Lane::Backfill)).await.is_err();
    }
    assert!(full);
    live.retry(delay).await.unwrap();
    let started = Instant::now();
    while queue.depth().await.unwrap().live == 0 {
        assert!(started.elapsed() < Duration::from_secs(10), "the live retry did not come back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(claim_one(&queue).await.message.id, id);
    queue.close().await;
}

#[tokio::test]
async fn what_nobody_claims_goes_back_and_what_is_held_stays_held() {
    let vhost = Vhost::create();
    let max_unclaimed = Duration::from_millis(1500);
    let idle = RabbitOptions { max_unclaimed, ..options(vhost.url()) };
    let (idle, other) = (
        RabbitQueue::connect(idle).await.unwrap(),
        RabbitQueue::connect(options(vhost.url())).await.unwrap(),
    );
    for key in ["held", "a", "b", "c"] {
        idle.publish(message(key)).await.unwrap();
    }
    let held = claim_one(&idle).await;
    tokio::time::sleep(max_unclaimed / 2).await;
    assert!(other.claim(1, Duration::from_millis(200)).await.unwrap().is_empty(), "they wait at the first");
    // Now nobody claims there, and they come here.
    for _ in 0..3 {
        let delivery = claim_one(&other).await;
        assert_ne!(delivery.message.key, "held");
        delivery.ack().await.unwrap();
    }
    other.close().await;
    held.ack().await.unwrap();
    // The next claim brings messages again, more than once.
    for round in 0..2 {
        idle.publish(message("again")).await.unwrap();
        let delivery = claim_one(&idle).await;
        assert_eq!((delivery.message.key.as_str(), delivery.attempt), ("again", 1), "{round}");
        delivery.ack().await.unwrap();
        tokio::time::sleep(max_unclaimed + Duration::from_millis(500)).await;
    }
    assert_eq!(idle.depth().await.unwrap(), marsad_queue::Depth::default());
    // Something dropped while nothing is consumed goes back too.
    idle.publish(message("dropped")).await.unwrap();
    let dropped = claim_one(&idle).await;
    tokio::time::sleep(max_unclaimed + Duration::from_millis(500)).await;
    drop(dropped);
    assert_eq!(claim_one(&idle).await.attempt, 2);
    idle.close().await;
}

#[tokio::test]
async fn backfill_is_not_left_waiting_behind_live_messages_for_ever() {
    let vhost = Vhost::create();
    let max_unclaimed = Duration::from_secs(1);
    let options = RabbitOptions { max_unclaimed, ..options(vhost.url()) };
    let queue = RabbitQueue::connect(options).await.unwrap();
    queue.publish(Message::new("old", Lane::Backfill, "b")).await.unwrap();
    for _ in 0..40 {
        queue.publish(message("live")).await.unwrap();
    }
    let started = Instant::now();
    let mut lives = 0;
    loop {
        let delivery = claim_one(&queue).await;
        let lane = delivery.message.lane;
        delivery.ack().await.unwrap();
        if lane == Lane::Backfill {
            break;
        }
        lives += 1;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!((5..30).contains(&lives), "after {lives} live messages");
    assert!(started.elapsed() >= max_unclaimed);
    queue.close().await;
}

#[tokio::test]
async fn many_who_forget_at_once_share_a_look() {
    let vhost = Vhost::create();
    let proxy = Proxy::start(vhost.broker()).await;
    let queue = RabbitQueue::connect(options(vhost.url_through(proxy.address()))).await.unwrap();
    for n in 0..60 {
        queue.publish(message(&format!("{}", n % 30)).with_stamp(format!("{}", n / 30))).await.unwrap();
    }
    for _ in 0..60 {
        claim_one(&queue).await.park("test").await.unwrap();
    }
    let before = proxy.accepted();
    let keys: Vec<String> = (0..30).map(|n| n.to_string()).collect();
    let forgotten = join_all(keys.iter().map(|key| queue.forget(key, "1"))).await;
    assert!(forgotten.iter().all(|forgotten| *forgotten == Ok(1)), "{forgotten:?}");
    assert!(proxy.accepted() - before <= 2, "{} connections", proxy.accepted() - before);
    // Two bounds for one key: what the first takes the second does not count.
    let two = tokio::join!(queue.forget("3", "2"), queue.forget("3", "9"));
    assert_eq!((two.0.unwrap(), two.1.unwrap()), (1, 0));
    assert_eq!(queue.depth().await.unwrap().parked, 29);
    proxy.refuse(true);
    let failed = join_all(keys.iter().map(|key| queue.forget(key, "9"))).await;
    assert!(failed.iter().all(|failed| matches!(failed, Err(QueueError::Unavailable { .. }))), "{failed:?}");
    queue.close().await;
}
