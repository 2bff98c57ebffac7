//! Whether an etcd member can be removed.

use serde::Deserialize;

/// What `etcdctl member list -w json` writes.
#[derive(Debug, Deserialize)]
pub(super) struct MemberList {
    members: Vec<Member>,
}

#[derive(Debug, Deserialize)]
struct Member {
    #[serde(rename = "ID")]
    id: u64,
    name: String,
    #[serde(rename = "clientURLs", default)]
    client_urls: Vec<String>,
}

/// One of what `etcdctl endpoint health -w json` writes.
#[derive(Debug, Deserialize)]
pub(super) struct EndpointHealth {
    endpoint: String,
    health: bool,
}

/// What removing a member would mean.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Removal {
    /// There is nothing to remove.
    NotAMember,
    /// Too few of the others are healthy to decide anything without it.
    QuorumRisk { healthy: usize, quorum: usize },
    /// The others go on without it.
    Safe {
        /// Its id, as etcdctl takes it.
        member: String,
    },
}

/// Looks at the members that would be left: more than half of them have to be healthy.
pub(super) fn removal(list: &MemberList, health: &[EndpointHealth], name: &str) -> Removal {
    let Some(leaving) = list.members.iter().find(|member| member.name == name) else { return Removal::NotAMember };
    let is_healthy = |member: &Member| {
        health.iter().any(|endpoint| endpoint.health && member.client_urls.contains(&endpoint.endpoint))
    };
    let left = list.members.iter().filter(|member| member.id != leaving.id);
    let healthy = left.filter(|member| is_healthy(member)).count();
    let quorum = (list.members.len() - 1) / 2 + 1;
    match healthy < quorum {
        true => Removal::QuorumRisk { healthy, quorum },
        false => Removal::Safe { member: format!("{:x}", leaving.id) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster(health: &str) -> (MemberList, Vec<EndpointHealth>) {
        let url = |n: usize| format!("https://10.0.0.{n}:2379");
        let member = |n: usize| Member { id: 0xa0 + n as u64, name: format!("i-{n}"), client_urls: vec![url(n)] };
        let endpoint = |(n, c): (usize, char)| EndpointHealth { endpoint: url(n), health: c == '+' };
        let members = (0..health.len()).map(member).collect();
        (MemberList { members }, health.chars().enumerate().map(endpoint).collect())
    }

    #[test]
    fn a_quorum_stays() {
        let risk = |healthy, quorum| Removal::QuorumRisk { healthy, quorum };
        let safe = || Removal::Safe { member: "a0".to_owned() };
        // The first one leaves; + is healthy.
        let cases = [
            ("+++", safe()),
            ("-++", safe()),
            ("++-", risk(1, 2)),
            ("+--", risk(0, 2)),
            ("++", safe()),
            ("+-", risk(0, 1)),
            ("+", risk(0, 1)),
            ("+++++", safe()),
            ("+++--", risk(2, 3)),
            ("++++-", safe()),
        ];
        for (health, expected) in cases {
            let (list, health_of) = cluster(health);
            assert_eq!(removal(&list, &health_of, "i-0"), expected, "{health}");
            assert_eq!(removal(&list, &health_of, "i-9"), Removal::NotAMember, "{health}");
        }
    }

    #[test]
    fn a_member_without_an_address_has_not_started_and_is_not_healthy() {
        let (mut list, health) = cluster("+++");
        list.members[1].client_urls.clear();
        assert_eq!(removal(&list, &health, "i-0"), Removal::QuorumRisk { healthy: 1, quorum: 2 });
    }

    #[test]
    fn etcdctl_is_understood() {
        let list = r#"{"header":{"cluster_id":1},"members":[{"ID":10501334649042878790,"name":"i-0",
            "peerURLs":["http://10.0.0.0:2380"],"clientURLs":["http://10.0.0.0:2379"]}]}"#;
        let health = r#"[{"endpoint":"http://10.0.0.0:2379","health":true,"took":"9.6ms"}]"#;
        let (list, health): (MemberList, Vec<EndpointHealth>) =
            (serde_json::from_str(list).unwrap(), serde_json::from_str(health).unwrap());
        assert_eq!(format!("{:x}", list.members[0].id), "91bc3c398fb3c146");
        assert_eq!(removal(&list, &health, "i-0"), Removal::QuorumRisk { healthy: 0, quorum: 1 });
    }
}
