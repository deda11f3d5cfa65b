using System.Globalization;

namespace Matching.TestPartner.Town;

/// <summary>A center that was made for this run, with one station, a menu, and those who work there; and a partner that is let in.</summary>
public sealed class Place : IDisposable
{
    /// <summary>When it begins in the field: a Friday, nine in the morning.</summary>
    public static readonly DateTimeOffset Friday = new(2026, 5, 8, 9, 0, 0, TimeSpan.FromHours(8));

    private const string Password = "Made-up-people-of-2026";

    private static readonly int[] CheckWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    private static readonly string[] Surnames = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄"];
    private static readonly string[] GivenNames = ["秀英", "桂兰", "玉梅", "晓燕", "建国", "志强", "德明", "海涛"];

    private readonly Uri _service;
    private readonly string _run;

    private Place(Uri service, string run) => (_service, _run) = (service, run);

    public required Person Admin { get; init; }

    public Person Curator { get; private set; } = null!;

    public Person Dispatcher { get; private set; } = null!;

    public List<Volunteer> Volunteers { get; } = [];

    public string CenterId { get; private set; } = "";

    public string StationId { get; private set; } = "";

    /// <summary>Becomes an order by itself.</summary>
    public string LampItemId { get; private set; } = "";

    /// <summary>A curator looks at it first.</summary>
    public string VisitItemId { get; private set; } = "";

    /// <summary>Everything by documented deeds, each as the one who may.</summary>
    public static async Task<Place> BuildAsync(Uri service, Options options, int volunteers)
    {
        using var platform = await Person.WithPassword(service, options.AdminUser, options.AdminPassword).SignInAsync();
        var run = $"{options.Seed}-{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}";
        await ClockAsync(service, Friday);
        var center = (await platform.PostAsync("sites", new { kind = "center", name = $"热线中心 {run}", place = At(0), radiusM = 9_000, timeZone = "Asia/Shanghai" })).Yes().Text("id");
        var admin = await HireAsync(service, platform, run, "centerAdmin", center);
        var place = new Place(service, run) { Admin = admin, CenterId = center };
        var institute = (await admin.PostAsync("sites", new { kind = "institute", parentId = center, name = "北街道", place = At(1), radiusM = 9_000 })).Yes().Text("id");
        place.StationId = (await admin.PostAsync("sites", new { kind = "station", parentId = institute, name = "北一社区", place = At(2), radiusM = 9_000 })).Yes().Text("id");
        place.LampItemId = await place.ItemAsync("lamp", "更换灯泡", "Change a light bulb", needsCuration: false);
        place.VisitItemId = await place.ItemAsync("visit", "上门探访", "Visit", needsCuration: true);
        place.Curator = await HireAsync(service, admin, run, "curator", center);
        place.Dispatcher = await HireAsync(service, admin, run, "dispatcher", center);
        await Parallel.ForEachAsync(Enumerable.Range(0, volunteers), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (number, _) => await place.VolunteerAsync(number));
        place.Volunteers.Sort((a, b) => a.Number.CompareTo(b.Number));
        return place;
    }

    /// <summary>The admin's part of letting a partner in: its first key.</summary>
    public async Task<(string PartnerId, string Key)> PartnerAsync(string name, int requestsAMinute = 60_000, params string[] scopes)
    {
        var made = (await Admin.PostAsync("partners", new
        {
            name = $"{name} {_run}",
            siteIds = new[] { CenterId },
            scopes = scopes.Length > 0 ? scopes : ["wishesWrite", "wishesRead", "volunteersRead", "webhooks", "servicesConfirm"],
            requestsAMinute,
        })).Yes();
        return (made.Json.GetProperty("partner").GetProperty("id").GetString()!, made.Text("key"));
    }

    /// <summary>Moves the field clock and comes back when all that became due is done.</summary>
    public static async Task ClockAsync(Uri service, DateTimeOffset? at)
    {
        using var nobody = Person.Nobody(service);
        (await nobody.PostAsync("development/clock", new { at, settle = at is not null })).Yes();
    }

    public void Dispose()
    {
        Admin.Dispose();
        Curator?.Dispose();
        Dispatcher?.Dispose();
        Volunteers.ForEach(volunteer => volunteer.Person.Dispose());
    }

    private static object At(int step) => new { lat = 29.3457 + (0.001 * step), lng = 110.5504, datum = "wgs84", accuracyM = 20 };

    private static async Task<Person> HireAsync(Uri service, Person by, string run, string role, string siteId)
    {
        var username = $"{role.ToLowerInvariant()}-{run}";
        (await by.PostAsync("accounts", new { name = "周敏", username, password = Password, role, siteId })).Yes();
        return await Person.WithPassword(service, username, Password).SignInAsync();
    }

    private async Task<string> ItemAsync(string code, string nameZh, string nameEn, bool needsCuration) => (await Admin.PostAsync("menu-items", new
    {
        code,
        item = new { category = "helpInNeed", nameZh, nameEn, minutes = 60, peopleWanted = 1, peopleNeeded = 1, risk = "low", urgency = "normal", needsCuration },
    })).Yes().Text("id");

    private async Task VolunteerAsync(int number)
    {
        // The last digits of a run tell its people from those of another on the same server.
        var block = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() % 10_000;
        var person = await Person.WithPhone(_service, string.Create(CultureInfo.InvariantCulture, $"199{block:0000}{number:0000}")).SignInAsync();
        var made = (await person.PostAsync("volunteers", new
        {
            name = Surnames[number % 8] + GivenNames[number / 8 % 8], idNumber = IdNumber(block * 1_000 + number), siteId = StationId, radiusM = 20_000,
        })).Yes();
        var id = made.Text("id");
        (await Admin.PatchAsync($"volunteers/{id}", new
        {
            limits = new { ordersAWeek = 50, minutesADay = 900 },
            places = new[] { new { label = "home", place = At(2) } },
            weekly = new[] { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" }.Select(day => new { day, from = "07:00:00", to = "22:00:00" }),
        }, made.Json.GetProperty("version").GetInt32())).Yes();
        (await Admin.PostAsync($"volunteers/{id}/approve", new { realNameChecked = true })).Yes();
        // She wears her new hat from the next sign-in on.
        await person.SignInAsync();
        lock (Volunteers)
        {
            Volunteers.Add(new Volunteer(number, person));
        }
    }

    /// <summary>Each number another, of somebody who was born in the sixties, with the check character of GB 11643.</summary>
    private static string IdNumber(long number)
    {
        var born = new DateOnly(1960, 1, 1).AddDays((int)(number / 1_000 % 3_600));
        var digits = string.Create(CultureInfo.InvariantCulture, $"430811{born:yyyyMMdd}{number % 1_000:000}");
        return digits + "10X98765432"[digits.Zip(CheckWeights).Sum(pair => (pair.First - '0') * pair.Second) % 11];
    }
}
