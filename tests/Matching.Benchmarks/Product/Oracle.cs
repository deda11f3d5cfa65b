using Matching.Engine;

namespace Matching.Benchmarks.Product;

/// <summary>The rules and factors asked of the facts of each volunteer in turn: what any faster way must answer, ids and scores to the last bit.</summary>
internal static class Oracle
{
    /// <summary>The best for each need, in one run through the crowd.</summary>
    /// <param name="changed">Who is no longer as the crowd makes them, by number.</param>
    public static (Id Id, double Score)[][] Best(
        ProductCrowd crowd, (Need Need, ScoreWeights Weights)[] asked, int count, IReadOnlyDictionary<int, VolunteerFacts> changed)
    {
        var prepared = Array.ConvertAll(asked, pair => (Need: new PreparedNeed(pair.Need), Weights: pair.Weights.Normalised()));
        var best = Array.ConvertAll(asked, _ => new List<(Id Id, double Score)>(count + 1));
        for (var number = 0; number < crowd.Count; number++)
        {
            var volunteer = changed.TryGetValue(number, out var now) ? now : crowd.At(number);
            for (var i = 0; i < asked.Length; i++)
            {
                var view = new FactsView(volunteer, asked[i].Need);
                if (HardRules.FirstBroken(view, prepared[i].Need) is not null)
                {
                    continue;
                }

                var score = SoftFactors.Of(view, prepared[i].Need, HardRules.MetresTo(view, prepared[i].Need.Target)).Score(prepared[i].Weights);
                var at = best[i].Count;
                while (at > 0 && (best[i][at - 1].Score < score || (best[i][at - 1].Score == score && volunteer.Id < best[i][at - 1].Id)))
                {
                    at--;
                }

                best[i].Insert(at, (volunteer.Id, score));
                if (best[i].Count > count)
                {
                    best[i].RemoveAt(count);
                }
            }
        }

        return Array.ConvertAll(best, list => list.ToArray());
    }

    public static bool AreTheSame((Id Id, double Score)[] best, Ranking answer) =>
        best.SequenceEqual(answer.Candidates.Select(candidate => (candidate.VolunteerId, candidate.Score)));
}
