using System.Diagnostics;
using System.Reflection;
using Matching.Replay;
using Matching.Replay.Playing;
using Matching.TestPartner.Checking;
using Matching.TestPartner.Lines;
using Matching.TestPartner.Partner;
using Matching.TestPartner.Town;

namespace Matching.TestPartner;

/// <summary>One run from start to end: a server, a town, a hotline behind a bad line, a few days of the field, and the question whether both sides know the same.</summary>
public static class Run
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan PatienceWithCareless = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan[] HoursOfADay = [TimeSpan.FromHours(1), TimeSpan.FromHours(4), TimeSpan.FromHours(7)];

    public static async Task<Result> RunAsync(Options options, Action<string> say)
    {
        var began = Stopwatch.GetTimestamp();
        var folder = Directory.CreateTempSubdirectory("matching-partner-").FullName;
        var server = options.Url is null ? new ServerProcess(folder, 1, Settings(options), ServerFile) : null;
        try
        {
            if (server is not null)
            {
                await server.StartAsync();
            }

            var service = options.Url ?? server!.Url;
            using var place = await Place.BuildAsync(service, options, VolunteersFor(options.Wishes));
            say($"a center, a station, {place.Volunteers.Count} volunteers; {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
            return await RunAsync(options, service, place, began, say);
        }
        finally
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static string ServerFile => typeof(Run).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "Server").Value!;

    private static Dictionary<string, string> Settings(Options options) => new()
    {
        ["Admin__Username"] = options.AdminUser,
        ["Admin__Password"] = options.AdminPassword,
        // The hotline is called at home, and not after half a minute when a second try is lost too.
        ["Webhooks__AllowPrivate"] = "true",
        ["Webhooks__Haste"] = "20",
    };

    private static int VolunteersFor(int wishes) => Math.Clamp(wishes / 4, 6, 40);

    private static async Task<Result> RunAsync(Options options, Uri service, Place place, long began, Action<string> say)
    {
        var chance = new Chance(options.Seed);
        await using var toService = await BadLine.StartAsync(service, Mischief.Of(options, chance, toThem: false));
        var (partnerId, key) = await place.PartnerAsync("12345 热线");
        await using var hotline = await Hotline.OpenAsync(toService.Url, key, place, chance, options.Careless);
        await using var toHotline = await BadLine.StartAsync(hotline.Receiver.Url, Mischief.Of(options, chance, toThem: true));
        // A secret is shown once: on a line that loses answers one would be lost. This, and a new key, are deeds of somebody who sits in front of a screen.
        using var screen = new Line(service, key, isCareless: false);
        var hook = (await screen.PostAsync("partner/webhooks", new { url = new Uri(toHotline.Url, "/matching"), types = new[] { "wish.*", "order.*" } })).Yes();
        var webhookId = hook.Json.GetProperty("webhook").GetProperty("id").GetString()!;
        hotline.Receiver.Trust(hook.Text("secret"));
        await hotline.ListenAsync(webhookId);

        var town = new Neighbours(place, chance);
        var slots = SlotsFor(options.Wishes, place.Volunteers.Count);
        await hotline.HandInAsync(slots, options.Wishes / 2);
        await town.CurateAsync();
        await town.AnswerOffersAsync();
        await hotline.RestAsync();

        // While all this goes on, both keys are changed; the old ones hold a while longer.
        hotline.Line.Key = (await place.Admin.PostAsync($"partners/{partnerId}/keys", new { overlapHours = 1 })).Yes().Text("key");
        var fresh = (await screen.PostAsync($"partner/webhooks/{webhookId}/secret", new { overlapHours = 1 })).Yes().Text("secret");
        hotline.Receiver.Trust(hook.Text("secret"), fresh);

        await Place.ClockAsync(service, Place.Friday.AddHours(2));
        await hotline.HandInAsync(slots, options.Wishes - (options.Wishes / 2));
        await town.CurateAsync();
        await hotline.RestAsync();
        say($"{options.Wishes} wishes handed in; {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        await LiveAsync(service, hotline, town, slots);
        await hotline.RedeliverAsync(3);
        var behind = await hotline.CatchUpAsync(options.Careless ? PatienceWithCareless : Patience);
        say($"the days are over; {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");

        var verdicts = await Agreement.CheckAsync(hotline, place, toHotline, behind);
        verdicts.AddRange(await BadManners.CheckAsync(service, place));
        await Place.ClockAsync(service, null);
        return new Result(options, verdicts, toService.Counts, toHotline.Counts, hotline, town, Stopwatch.GetElapsedTime(began));
    }

    private static async Task LiveAsync(Uri service, Hotline hotline, Neighbours town, IReadOnlyList<DateTimeOffset> slots)
    {
        foreach (var start in slots)
        {
            // The afternoon before, and once more shortly before it begins.
            await Place.ClockAsync(service, start.AddHours(-2));
            await town.CurateAsync();
            await town.AnswerOffersAsync();
            await Place.ClockAsync(service, start);
            await town.BeginServicesAsync(start);
            await Place.ClockAsync(service, start.AddMinutes(55));
            await town.EndServicesAsync(start);
            await hotline.RestAsync();
        }

        await town.SettleDisputesAsync();
        // Whoever forgot to leave has left, silence has become a yes, and who did not rate has said nothing.
        await Place.ClockAsync(service, slots[^1].AddDays(3));
        await hotline.RestAsync();
        await town.SettleDisputesAsync();
        await Place.ClockAsync(service, slots[^1].AddDays(14));
    }

    // As many that about two thirds of the volunteers have something to do at each.
    private static List<DateTimeOffset> SlotsFor(int wishes, int volunteers) =>
    [
        .. Enumerable.Range(0, Math.Max(1, (int)Math.Ceiling(wishes / (volunteers * 0.66)))).Select(i => Place.Friday.AddDays(1 + (i / HoursOfADay.Length)) + HoursOfADay[i % HoursOfADay.Length]),
    ];
}
