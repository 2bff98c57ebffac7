//! Which errors another try may mend.

use nepho_operational::Error;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::support::database;

#[tokio::test]
async fn only_what_passes_by_itself_is_transient() {
    let database = database(&Default::default()).await;
    let cases = [
        ("57P01", true),
        ("53300", true),
        ("08006", true),
        ("55P03", true),
        ("40P01", true),
        ("40001", true),
        ("23505", false),
        ("42601", false),
        ("42P01", false),
    ];
    let mut connection = database.connect().await;
    for (code, expected) in cases {
        let raise = format!("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$");
        let error = Error::from(sqlx::raw_sql(AssertSqlSafe(raise)).execute(&mut connection).await.unwrap_err());
        assert_eq!(error.is_transient(), expected, "{error}");
        assert!(error.to_string().contains(code), "{error}");
    }
    let nobody = database.options().host("127.0.0.1").port(1);
    let error = Error::from(PgConnection::connect_with(&nobody).await.unwrap_err());
    assert!(error.is_transient(), "{error}");
}
