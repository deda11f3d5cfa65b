using System.Text.Json;
using Matching.TestPartner.Lines;
using Matching.TestPartner.Partner;
using Matching.TestPartner.Town;

namespace Matching.TestPartner.Checking;

/// <summary>Whether something holds: of how much it was asked, and where it does not.</summary>
public sealed record Verdict(string Sentence, int Looked, IReadOnlyList<string> Wrong)
{
    public bool Holds => Wrong.Count == 0;
}

/// <summary>What both sides know, compared: the hotline's books with what the service's own staff see, past the bad line.</summary>
public static class Agreement
{
    public static async Task<List<Verdict>> CheckAsync(Hotline hotline, Place place, BadLine calls, string? behind)
    {
        var truth = await Truth.ReadAsync(hotline, place);
        Book[] books = [hotline.Asked, hotline.Streamed, hotline.Called];
        var verdicts = new List<Verdict>
        {
            new("Everything that was handed in is there, once", hotline.Cases.Count, Once(hotline, truth)),
            new("Each resident is there once", truth.Residents, truth.Residents == hotline.Cases.DistinctBy(one => one.ResidentReference).Count()
                ? [] : [$"{truth.Residents} residents of {hotline.Cases.DistinctBy(one => one.ResidentReference).Count()}"]),
            new("The partner's own list names each wish once", truth.Listed.Count, [.. Differences("the list", truth.Listed, [.. truth.Wishes.Keys])]),
            new("All three ways have told of the same changes", books.Max(book => book.Taken), behind is null ? [] : [behind]),
        };
        foreach (var book in books)
        {
            verdicts.Add(new($"Wishes and orders stand where they are known to stand {book.Name}", truth.States.Count, [.. Differences(book.Name, book.States, truth.States)]));
            verdicts.Add(new($"Nothing was taken out of order {book.Name}", book.Taken, book.OutOfOrder));
        }

        verdicts.Add(new("Every call was verified, and every forged one refused", hotline.Receiver.Called,
            hotline.Receiver.Refused == calls.Counts.Forged ? [] : [$"{calls.Counts.Forged} were forged, {hotline.Receiver.Refused} refused"]));
        verdicts.Add(new("What the partner did for its residents was done once", truth.Deeds, truth.DeedsWrong));
        verdicts.Add(new("Every answer was one that the documentation names", hotline.Line.Asked, [.. hotline.Unexpected]));
        return verdicts;
    }

    private static IReadOnlyList<string> Once(Hotline hotline, Truth truth)
    {
        var wrong = hotline.Cases.Where(one => one.WishId is null).Select(one => $"{one.Reference} was never answered").ToList();
        wrong.AddRange(hotline.Cases.Where(one => one.WishId is { } id && !truth.Wishes.ContainsKey(id)).Select(one => $"{one.Reference} ({one.WishId}) is not there"));
        wrong.AddRange(truth.Wishes.Keys.Except(hotline.Cases.Select(one => one.WishId!)).Select(id => $"{id} is there and was not handed in"));
        return wrong;
    }

    private static IEnumerable<string> Differences(string whose, IReadOnlyDictionary<string, string> known, IReadOnlyDictionary<string, string> truth) =>
        truth.Keys.Union(known.Keys).Where(id => known.GetValueOrDefault(id) != truth.GetValueOrDefault(id))
            .Select(id => $"{id} is {truth.GetValueOrDefault(id) ?? "not there"}, {whose} {known.GetValueOrDefault(id) ?? "unknown"}");

    private static IEnumerable<string> Differences(string whose, IReadOnlyList<string> known, IReadOnlyList<string> truth) =>
        known.GroupBy(id => id).Where(group => group.Count() > 1).Select(group => $"{whose} has {group.Key} {group.Count()} times")
            .Concat(truth.Except(known).Select(id => $"{whose} lacks {id}")).Concat(known.Except(truth).Select(id => $"{whose} has {id}, which is not there"));

    /// <summary>What the service has, as its own people see it.</summary>
    private sealed record Truth(
        IReadOnlyDictionary<string, string> Wishes, IReadOnlyDictionary<string, string> States, IReadOnlyList<string> Listed, int Residents, int Deeds, IReadOnlyList<string> DeedsWrong)
    {
        public static async Task<Truth> ReadAsync(Hotline hotline, Place place)
        {
            var wishes = (await place.Admin.ListAsync("wishes?state=submitted,triaging,needsInfo,ordered,merged,rejected,referred,withdrawn,fulfilled,unfulfilled"))
                .ToDictionary(wish => Text(wish, "id"), wish => Text(wish, "state"));
            var orders = (await place.Admin.ListAsync("orders"))
                .ToDictionary(order => Text(order, "id"), order => Text(order, "state"));
            var residents = await place.Admin.ListAsync($"residents?siteId={place.StationId}");
            var wrong = new List<string>();
            var deeds = 0;
            foreach (var (deed, word) in new[] { ("confirm", "confirmedHow"), ("dispute", "disputes") })
            {
                var done = hotline.Done.GetValueOrDefault(deed)?.ToList() ?? [];
                deeds += done.Count;
                wrong.AddRange(done.GroupBy(id => id).Where(group => group.Count() > 1).Select(group => $"{deed} of {group.Key} was answered with yes {group.Count()} times"));
                foreach (var orderId in done)
                {
                    var service = (await place.Admin.GetAsync($"orders/{orderId}/service")).Yes().Json.GetProperty(word);
                    if (deed == "confirm" ? service.GetString() != "phone" : service.GetArrayLength() != 1)
                    {
                        wrong.Add($"{deed} of {orderId}: {word} is {service}");
                    }
                }
            }

            return new Truth(
                wishes, wishes.Concat(orders).ToDictionary(), await ListedAsync(hotline), residents.Count, deeds, wrong);
        }

        // Small pages, so that there are many, over the bad line.
        private static async Task<List<string>> ListedAsync(Hotline hotline)
        {
            var listed = new List<string>();
            string? next = null;
            do
            {
                var page = (await hotline.Line.GetAsync($"me/wishes?take=17{(next is null ? "" : "&cursor=" + Uri.EscapeDataString(next))}")).Yes();
                listed.AddRange(page.Items.Select(wish => Text(wish, "id")));
                next = page.TextOrNull("next");
            }
            while (next is not null);

            return listed;
        }

        private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
    }
}
