//! Models as bytes.

use nepho_engine::Period;
use nepho_engine::anomaly::{Configuration, Model, ModelBytesFault, train};
use nepho_engine::math::BandModel;
use nepho_model::Timestamp;

use crate::made;
use crate::series::{DAY, HOUR, MONDAY, berlin};

/// A model with a bit of everything, of numbers that are the same on every machine.
const GOLDEN: &[u8] = include_bytes!("golden/model.bin");

fn at(since: i64) -> Timestamp {
    Timestamp::from_seconds(MONDAY + since)
}

fn golden() -> Model {
    let value = |hour: i64| {
        let noise = f64::from((hour * 7919 % 101) as i32) / 50.0 - 1.0;
        let spike = if hour % 24 == 3 + hour / 24 % 2 { 60.0 } else { 0.0 };
        (hour % 24) as f64 + noise + spike + if hour >= 200 { 30.0 } else { 0.0 }
    };
    let points: Vec<_> = (0..14 * 24).map(|hour| (at(hour * HOUR), value(hour))).collect();
    let configuration =
        Configuration { offsets: berlin(), periodic_spikes: true, ceiling: Some(1000.0), ..Configuration::default() };
    train(&points, Period::from_seconds(3600).unwrap(), &configuration, at(14 * DAY))
}

#[test]
fn the_golden_model_stays_what_it_is() {
    let read = Model::from_bytes(GOLDEN).unwrap();
    assert_eq!(read, golden());
    assert_eq!(read.to_bytes(), GOLDEN);
    assert_eq!((read.period().seconds(), read.trained_at(), read.is_trained()), (3600, at(14 * DAY), true));
    assert_eq!(
        &GOLDEN[..17],
        [[1u8].as_slice(), &3600i64.to_le_bytes(), &at(14 * DAY).millis().to_le_bytes()].concat()
    );
}

#[test]
fn models_come_back_as_they_were() {
    for made in made::all() {
        let points: Vec<_> = made.points(14, 1).iter().map(|point| (point.time, point.value)).collect();
        let configuration = Configuration { offsets: made.offsets.clone(), ..Configuration::default() };
        let model = train(&points, made.period(), &configuration, at(14 * DAY));
        let bytes = model.to_bytes();
        assert!(bytes.len() < 10_000, "{}: {} bytes", made.name, bytes.len());
        let read = Model::from_bytes(&bytes).unwrap();
        assert_eq!(read, model, "{}", made.name);
        let bands = |model: &Model| (0..100).map(|hour| model.band(at(hour * HOUR), 2.5)).collect::<Vec<_>>();
        assert_eq!(bands(&read), bands(&model), "{}", made.name);
    }
    let none = train(&[], Period::MINUTE, &Configuration::default(), at(0));
    assert_eq!(Model::from_bytes(&none.to_bytes()), Ok(none));
}

#[test]
fn what_is_wrong_with_bytes_is_named() {
    let mut newer = GOLDEN.to_vec();
    newer[0] = 2;
    assert_eq!(Model::from_bytes(&newer), Err(ModelBytesFault::Version(2)));
    assert_eq!(Model::from_bytes(&[]), Err(ModelBytesFault::End(0)));
    assert_eq!(Model::from_bytes(&GOLDEN[..GOLDEN.len() - 1]), Err(ModelBytesFault::End(GOLDEN.len() - 1)));
    assert_eq!(Model::from_bytes(&[GOLDEN, &[0, 0]].concat()), Err(ModelBytesFault::Rest(2)));
    let mut odd = GOLDEN.to_vec();
    odd[1..9].copy_from_slice(&61i64.to_le_bytes());
    assert_eq!(Model::from_bytes(&odd).unwrap_err().to_string(), "the period of an anomaly model is 61");
}

#[test]
fn damaged_bytes_are_refused_or_harmless() {
    for byte in 0..GOLDEN.len() {
        for bit in 0..8 {
            let mut bytes = GOLDEN.to_vec();
            bytes[byte] ^= 1 << bit;
            let Ok(model) = Model::from_bytes(&bytes) else { continue };
            for since in [i64::MIN / 4, 0, 3 * HOUR, 14 * DAY, i64::MAX / 4] {
                let band = model.band(Timestamp::from_seconds(MONDAY.saturating_add(since)), 2.0);
                assert!(band.is_none_or(|band| band.lower <= band.upper), "byte {byte}, bit {bit}: {band:?}");
            }
        }
    }
}
