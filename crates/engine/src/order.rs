//! In which order expressions are computed.

/// How far a query is from being in the order.
#[derive(Clone, Copy, PartialEq)]
enum Mark {
    Unseen,
    /// On the way from the query that was begun with.
    Open,
    Done,
}

/// The positions of all queries, each after those that it refers to. `references` has for each query the positions of
/// those that it refers to.
///
/// # Errors
/// A cycle: the queries on it, the first once more at the end.
pub(crate) fn order(references: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut marks = vec![Mark::Unseen; references.len()];
    let mut order = Vec::with_capacity(references.len());
    for first in 0..references.len() {
        // A walk with a stack of its own: 500 queries may refer to one another in one chain.
        let mut path = vec![(first, 0)];
        if marks[first] != Mark::Unseen {
            continue;
        }
        marks[first] = Mark::Open;
        while let Some((query, looked_at)) = path.last_mut() {
            let Some(next) = references[*query].get(*looked_at).copied() else {
                marks[*query] = Mark::Done;
                order.push(*query);
                path.pop();
                continue;
            };
            *looked_at += 1;
            match marks[next] {
                Mark::Done => {}
                Mark::Open => return Err(cycle(&path, next)),
                Mark::Unseen => {
                    marks[next] = Mark::Open;
                    path.push((next, 0));
                }
            }
        }
    }
    Ok(order)
}

fn cycle(path: &[(usize, usize)], back_to: usize) -> Vec<usize> {
    let on_it = path.iter().map(|(query, _)| *query).skip_while(|query| *query != back_to);
    on_it.chain([back_to]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_referred_to_comes_first() {
        assert_eq!(order(&[]), Ok(vec![]));
        assert_eq!(order(&[vec![1, 2], vec![2], vec![]]), Ok(vec![2, 1, 0]));
        assert_eq!(order(&[vec![], vec![0, 0], vec![1]]), Ok(vec![0, 1, 2]));
        let chain: Vec<_> = (0..500).map(|at| if at < 499 { vec![at + 1] } else { vec![] }).collect();
        assert_eq!(order(&chain), Ok((0..500).rev().collect()));
    }

    #[test]
    fn a_cycle_is_told_from_where_it_closes() {
        assert_eq!(order(&[vec![0]]), Err(vec![0, 0]));
        assert_eq!(order(&[vec![1], vec![2], vec![1]]), Err(vec![1, 2, 1]));
        assert_eq!(order(&[vec![], vec![0, 2], vec![3], vec![0, 1]]), Err(vec![1, 2, 3, 1]));
    }
}
