using Matching.Geography;
using Matching.Replay.City;
using Matching.Replay.Http;
using Matching.Replay.Playing;
using Matching.Sites;
using Matching.Volunteers;

namespace Matching.Replay.People;

/// <summary>
/// Makes the town at the service, each thing as the one who may: the platform makes centers, centers their menus and sites, sites give hats; volunteers
/// register themselves and are approved; residents are written down by the clerk of their site.
/// </summary>
public sealed class TownBuilder(Web web, Options options, int volunteersPerStation, AreaTree areas, Chance chance, Names names, Action<string> say)
{
    /// <summary>How many ask at once.</summary>
    private const int AtOnce = 8;

    /// <summary>Where all residents live, so that an address can be told from everything else.</summary>
    public const string Street = "Replay Street";

    /// <summary>Every resident of the replay lives in one street, and that is nobody's business.</summary>
    public static bool Tells(Reply reply) => reply.Json.GetRawText().Contains(Street, StringComparison.Ordinal);

    /// <summary>Teams of an institute; every second one turns out in emergencies.</summary>
    private const int TeamsPerInstitute = 2;

    private const int TeamSize = 7;

    private readonly Town _town = new(areas);
    private readonly Dictionary<string, string> _skills = [];
    private readonly Dictionary<string, string> _qualifications = [];
    private readonly Person _platform = new("platform admin", Username: options.AdminUser, Password: options.AdminPassword);
    private readonly Lock _gate = new();
    private int _people;

    public async Task<Town> BuildAsync()
    {
        await web.SignInAsync(_platform);
        say("the tree");
        await CatalogAsync();
        await InParallelAsync(areas.Centers, CenterAsync);
        await InParallelAsync(areas.Institutes, SiteAsync);
        await InParallelAsync(areas.Stations, SiteAsync);
        say("those who work there");
        await InParallelAsync(areas.All, StaffAsync);
        say("residents");
        await InParallelAsync(areas.All.SelectMany(area => Enumerable.Range(1, options.ResidentsPerSite * 2).Select(n => (area, n))), one => AskerAsync(one.area, one.n));
        await InParallelAsync(areas.All, RelativesAsync);
        say("volunteers");
        var number = 0;
        await InParallelAsync(
            areas.Stations.SelectMany(station => Enumerable.Range(1, volunteersPerStation).Select(n => (station, n, number: ++number))).ToList(),
            one => HelperAsync(one.station, one.n, one.number));
        _town.Helpers.Sort((a, b) => string.CompareOrdinal(a.Person.Key, b.Person.Key));
        say("teams");
        await InParallelAsync(areas.Institutes.SelectMany(institute => Enumerable.Range(1, TeamsPerInstitute).Select(n => (institute, n))), one => TeamAsync(one.institute, one.n));
        foreach (var askers in _town.Askers.Values)
        {
            askers.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        }

        return _town;
    }

    private static Task InParallelAsync<T>(IEnumerable<T> things, Func<T, Task> make) =>
        Parallel.ForEachAsync(things, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (thing, _) => await make(thing));

    private static object OnWire(Place place) => new { lat = place.Lat, lng = place.Lng, datum = "wgs84", accuracyM = place.AccuracyM };

    private static string Camel(Enum word) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(word.ToString());

    private async Task CatalogAsync()
    {
        // What is common to all centers may be there from an earlier replay.
        var (skills, qualifications) = (await KnownAsync("/skills"), await KnownAsync("/qualifications"));
        foreach (var skill in CityMenu.Skills)
        {
            _skills[skill.Code] = skills.GetValueOrDefault(skill.Code) ?? (await MadeAsync(_platform, "/skills", new
            {
                code = skill.Code, nameZh = skill.NameZh, nameEn = skill.NameEn, parentId = skill.Broader is null ? null : _skills[skill.Broader],
            })).Text("id");
        }

        foreach (var (code, nameZh, nameEn) in CityMenu.Qualifications)
        {
            _qualifications[code] = qualifications.GetValueOrDefault(code) ?? (await MadeAsync(_platform, "/qualifications", new { code, nameZh, nameEn })).Text("id");
        }
    }

    private async Task<Dictionary<string, string>> KnownAsync(string route) => (await web.GetAsync(_platform, route)).Json.GetProperty("items").EnumerateArray()
        .ToDictionary(one => one.GetProperty("code").GetString()!, one => one.GetProperty("id").GetString()!);

    private async Task CenterAsync(Area center)
    {
        await SiteAsync(center);
        var siteId = _town.Sites[center];
        var admin = new Person($"center-admin {center}", Username: $"admin-{Unique()}", Password: "Seven-Centers-2017");
        await MadeAsync(_platform, "/accounts", new { name = names.Name(admin.Key, names.GenderOf(admin.Key)), username = admin.Username, password = admin.Password, role = "centerAdmin", siteId });
        await web.SignInAsync(admin);
        Keep(() =>
        {
            _town.Know(admin);
            _town.Staff[center] = new Staff(center, null, null, null, admin);
        });
        foreach (var item in CityMenu.Items)
        {
            var made = await MadeAsync(admin, "/menu-items", new
            {
                code = item.Code,
                item = new
                {
                    category = Camel(item.Category), nameZh = item.NameZh, nameEn = item.NameEn, minutes = item.Minutes, peopleWanted = item.Wanted,
                    peopleNeeded = item.Needed, risk = Camel(item.Risk), urgency = Camel(item.Urgency), mode = Camel(item.Mode), needsCuration = item.NeedsCuration,
                    insuranceNeeded = item.Insured, mayAskGender = item.MayAskGender,
                    skills = item.Skill is null ? [] : new[] { new { skillId = _skills[item.Skill], level = item.Level } },
                    qualifications = item.Qualification is null ? [] : new[] { _qualifications[item.Qualification] },
                },
            });
            Keep(() => _town.Items[(center, item.Code)] = made.Text("id"));
        }
    }

    private async Task SiteAsync(Area area)
    {
        var made = await MadeAsync(area.Kind == SiteKind.Center ? _platform : _town.AdminOf(area), "/sites", new
        {
            kind = Camel(area.Kind), parentId = area.Parent is null ? null : _town.Sites[area.Parent], name = area.Name, place = OnWire(area.Place), radiusM = area.RadiusM,
            timeZone = area.Kind == SiteKind.Center ? CityRequest.Zone.Id : null,
        });
        Keep(() => _town.Sites[area] = made.Text("id"));
    }

    /// <summary>A clerk everywhere; curators, dispatchers and an admin for each district and each center.</summary>
    private async Task StaffAsync(Area area)
    {
        var clerk = await HatAsync(area, "proxy", "clerk");
        var curator = area.Kind == SiteKind.Station ? null : await HatAsync(area, "curator", "curator");
        var dispatcher = area.Kind == SiteKind.Station ? null : await HatAsync(area, "dispatcher", "dispatcher");
        var admin = area.Kind switch
        {
            SiteKind.Center => _town.AdminOf(area),
            SiteKind.Institute => await HatAsync(area, "siteAdmin", "site-admin"),
            _ => null,
        };
        Keep(() => _town.Staff[area] = new Staff(area, clerk, curator, dispatcher, admin));
    }

    private async Task<Person> HatAsync(Area area, string role, string title)
    {
        var person = new Person($"{title} {area}", Phone: names.Phone(NextNumber()));
        await MadeAsync(_town.AdminOf(area), "/hats", new { role, siteId = _town.Sites[area], phone = person.Phone });
        await web.SignInAsync(person);
        Keep(() => _town.Know(person));
        return person;
    }

    /// <summary>Half of them have a phone and ask themselves; for the others the clerk asks.</summary>
    private async Task AskerAsync(Area area, int n)
    {
        var key = $"resident {area} {n}";
        var person = n <= options.ResidentsPerSite ? new Person(key, Phone: names.Phone(NextNumber())) : null;
        if (person is not null)
        {
            await web.SignInAsync(person);
        }

        var made = await MadeAsync(person ?? _town.Staff[area].Clerk!, "/residents", new
        {
            name = names.Name(key, names.GenderOf(key)), siteId = _town.Sites[area], relation = person is null ? "gridWorker" : null,
            birthYear = 1935 + chance.Whole(key + " born", 0, 60), address = $"{n} {Street}", place = OnWire(Somewhere(area, key, 0.4)),
        });
        if (person is not null)
        {
            // She wears her new hat by renewing her token.
            person.AccessToken = null;
        }

        Keep(() =>
        {
            if (person is not null)
            {
                _town.Know(person);
            }

            if (!_town.Askers.TryGetValue(area, out var list))
            {
                _town.Askers[area] = list = [];
            }

            list.Add(new Asker(key, person, made.Text("id"), area));
        });
    }

    /// <summary>A third of those without a phone have a relative nearby who may ask for them.</summary>
    private async Task RelativesAsync(Area area)
    {
        var list = _town.Askers[area];
        var withPhone = list.Where(one => one.Person is not null).OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => one.Person!).ToList();
        for (var i = 0; i < list.Count; i++)
        {
            var asker = list[i];
            if (asker.Person is null && chance.Is(asker.Key + " has somebody", 0.33))
            {
                var relative = chance.One(asker.Key + " has", withPhone);
                await MadeAsync(_town.Staff[area].Clerk!, $"/residents/{asker.Id}/proxies", new { phone = relative.Phone, relation = "relative" });
                list[i] = asker with { Relative = relative };
            }
        }
    }

    /// <summary>Signs up, is written down with all that matters, and approved by the center.</summary>
    private async Task HelperAsync(Area station, int n, int number)
    {
        var key = $"volunteer {station} {n}";
        var gender = names.GenderOf(key);
        var person = new Person(key, Phone: names.Phone(NextNumber()));
        await web.SignInAsync(person);
        var made = await MadeAsync(person, "/volunteers", new
        {
            name = names.Name(key, gender), idNumber = names.IdNumber(key, number, gender), siteId = _town.Sites[station],
            languages = chance.Is(key + " speaks", 0.4) ? new[] { "zh", "en" } : ["zh"], radiusM = (int)(3_000 + 9_000 * chance.Of(key + " radius")),
        });
        // She wears her new hat by renewing her token.
        person.AccessToken = null;
        var id = made.Text("id");
        var place = Somewhere(station, key, 0.6);
        var admin = _town.AdminOf(station);
        await ChangedAsync(admin, $"/volunteers/{id}", made.Json.GetProperty("version").GetInt32(), new
        {
            insuredUntil = chance.Is(key + " insured", 0.7) ? "2018-12-31" : null,
            limits = new
            {
                ordersAWeek = 2 + chance.Whole(key + " orders", 0, 6),
                minutesADay = chance.Is(key + " has whole days", 0.3) ? 15 * 60 : 120 + 60 * chance.Whole(key + " hours", 0, 6),
            },
            skills = SkillsOf(key), places = new[] { new { label = "home", place = OnWire(place) } }, weekly = HoursOf(key),
        });
        await MadeAsync(admin, $"/volunteers/{id}/approve", new { realNameChecked = true });
        foreach (var (code, share) in new[] { ("first-aid", 0.35), ("electrician", 0.2) })
        {
            if (chance.Is($"{key} {code}", share))
            {
                await CertificateAsync(person, admin, id, code, key);
            }
        }

        Keep(() =>
        {
            _town.Know(person);
            _town.Helpers.Add(new Helper(person, id, station, place));
        });
    }

    /// <summary>Some certificates run out while the replay runs, and some nobody has looked at.</summary>
    private async Task CertificateAsync(Person person, Person admin, string id, string code, string key)
    {
        var added = await MadeAsync(person, "/me/volunteer/qualifications", new
        {
            qualificationId = _qualifications[code], issuer = "LA County", number = $"{code}-{key}", validFrom = "2016-01-01",
            validTo = chance.Is($"{key} {code} runs out", 0.2) ? "2017-12-31" : "2019-06-30",
        });
        if (chance.Is($"{key} {code} was seen", 0.95))
        {
            foreach (var held in added.Json.GetProperty("qualifications").EnumerateArray())
            {
                if (held.GetProperty("qualificationId").GetString() == _qualifications[code])
                {
                    await MadeAsync(admin, $"/volunteers/{id}/qualifications/{held.GetProperty("id").GetString()}/verify", new { });
                }
            }
        }
    }

    /// <summary>Volunteers of an institute's stations join; one of them gets the captain's hat beside her own.</summary>
    private async Task TeamAsync(Area institute, int n)
    {
        var key = $"team {institute} {n}";
        var admin = _town.AdminOf(institute);
        var made = await MadeAsync(admin, "/teams", new
        {
            name = $"{institute.Name} {n}", category = Camel(chance.One(key + " does", Enum.GetValues<TeamCategory>())), siteId = _town.Sites[institute], emergency = n % 2 == 0,
        });
        var id = made.Text("id");
        var nearby = _town.Helpers.Where(helper => helper.Home.Parent == institute).ToList();
        var members = chance.Shuffled(key, nearby).Take(TeamSize).ToList();
        if (members.Count == 0)
        {
            return;
        }

        foreach (var member in members)
        {
            made = await MadeAsync(admin, $"/teams/{id}/members", new { volunteerId = member.Id });
        }

        await ChangedAsync(admin, $"/teams/{id}", made.Json.GetProperty("version").GetInt32(), new { captainId = members[0].Id });
        Keep(() => _town.Teams[id] = new Team(key, id, institute, Captain(key, members[0].Person), members.ToDictionary(member => member.Id)));
        await WearAsync(members[0].Person, "volunteer", id: null);
        await WearAsync(_town.Teams[id].Captain, "captain", id);
    }

    private static Person Captain(string key, Person volunteer) => new("captain " + key, Phone: volunteer.Phone) { SigningIn = volunteer.SigningIn };

    /// <summary>Who has several hats says under which of them she acts.</summary>
    private async Task WearAsync(Person person, string role, string? id)
    {
        await web.SignInAsync(person);
        var hats = (await web.GetAsync(person, "/me")).Json.GetProperty("hats").EnumerateArray();
        person.HatId = hats.First(hat => hat.GetProperty("role").GetString() == role && (id is null || hat.GetProperty("subjectId").GetString() == id)).GetProperty("id").GetString();
        person.AccessToken = null;
        person.RefreshToken = null;
    }

    private object[] SkillsOf(string key) =>
        [.. CityMenu.Skills.Where(skill => chance.Is($"{key} knows {skill.Code}", 0.45)).Select(skill => new { skillId = _skills[skill.Code], level = chance.Whole($"{key} {skill.Code}", 1, 5) })];

    /// <summary>The retired by day, those who work in the evenings and at weekends, students in the afternoons, and some whenever they are asked.</summary>
    private object[] HoursOf(string key)
    {
        static object[] Slots(IEnumerable<DayOfWeek> days, string from, string to) => [.. days.Select(day => new { day = Camel(day), from, to })];
        DayOfWeek[] week = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];
        DayOfWeek[] weekend = [DayOfWeek.Saturday, DayOfWeek.Sunday];
        return chance.Of(key + " life") switch
        {
            < 0.35 => Slots(week, "08:00:00", "18:00:00"),
            < 0.60 => [.. Slots(week, "17:30:00", "22:00:00"), .. Slots(weekend, "08:00:00", "20:00:00")],
            < 0.75 => Slots([.. week, .. weekend], "13:00:00", "20:00:00"),
            _ => Slots([.. week, .. weekend], "07:00:00", "22:00:00"),
        };
    }

    /// <summary>Mostly within a share of the area's radius of its middle.</summary>
    private Place Somewhere(Area area, string key, double share)
    {
        const double metresADegree = 111_320;
        var (north, east) = (chance.Bell(key + " north") * area.RadiusM * share, chance.Bell(key + " east") * area.RadiusM * share);
        var lat = area.Place.Lat + north / metresADegree;
        return new Place(Math.Round(lat, 6), Math.Round(area.Place.Lng + east / (metresADegree * Math.Cos(lat * Math.PI / 180)), 6), 30);
    }

    private async Task ChangedAsync(Person who, string route, int version, object change)
    {
        var reply = await web.PatchAsync(who, route, change, version);
        if (!reply.IsYes)
        {
            throw new StuckException($"{who} cannot change {route}: {reply.Status} {reply.Code}.");
        }
    }

    private async Task<Reply> MadeAsync(Person who, string route, object what)
    {
        var reply = await web.PostAsync(who, route, null, what);
        return reply.IsYes ? reply : throw new StuckException($"{who} cannot make {route}: {reply.Status} {reply.Code}.");
    }

    private int NextNumber() => Interlocked.Increment(ref _people);

    private string Unique() => $"{options.Seed}-{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}-{NextNumber()}";

    private void Keep(Action change)
    {
        lock (_gate)
        {
            change();
        }
    }
}
