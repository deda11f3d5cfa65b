using Matching.Accounts;
using Matching.Api.Accounts;
using Matching.Api.Catalog;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Residents;
using Matching.Api.Sites;
using Matching.Api.Teams;
using Matching.Api.Volunteers;
using Matching.Geography;
using Matching.Policies;
using Matching.Residents;
using Matching.Sites;
using Matching.Volunteers;

namespace Matching.Api.Demonstration;

/// <summary>All that the demonstration county is written with.</summary>
[Shared]
public sealed record CountyTools(
    SiteStore Sites, CatalogStore Catalog, VolunteerStore Volunteers, TeamStore Teams, ResidentStore Residents, AccountStore Accounts, HatStore Hats, Ids Ids,
    Vault Vault, TimeProvider Clock);

/// <summary>Writes the demonstration county, once, in the transaction that it is given. Works on one thread from a fixed seed.</summary>
public sealed class CountyWriting(CountyTools tools, Transaction tx, string passwordHash)
{
    private const int Volunteers = 600;
    private const int Teams = 40;
    private const int Residents = 300;
    private const double MetresPerDegree = 111_195;

    private static readonly CareTag[] TagsOfAdults = [.. Enum.GetValues<CareTag>().Except([CareTag.LeftBehindChild, CareTag.Orphan])];

    private readonly Random _random = new(20_260_508);

    // Of their own, so that everybody else is who they were.
    private readonly Random _staff = new(20_260_509);
    private readonly DateTimeOffset _now = tools.Clock.GetUtcNow();
    private readonly Dictionary<string, Id> _skills = [];
    private readonly Dictionary<string, Id> _qualifications = [];
    private readonly List<Site> _institutes = [];
    private readonly List<Site> _stations = [];
    private readonly List<Volunteer> _active = [];
    private Site _center = null!;
    private int _lastPhone;

    public async Task WriteAsync()
    {
        await WriteSitesAsync();
        await WriteCatalogAsync();
        await WriteStaffAsync();
        await WriteVolunteersAsync();
        await WriteTeamsAsync();
        await WriteResidentsAsync();
    }

    private async Task WriteSitesAsync()
    {
        _center = await SiteAsync(SiteKind.Center, null, "武陵源区新时代文明实践中心", new Place(29.3450, 110.5500, 30), 20_000);
        foreach (var (name, lat, lng, stations) in Names.Institutes)
        {
            var institute = await SiteAsync(SiteKind.Institute, _center, $"{name}新时代文明实践所", new Place(lat, lng, 30), 6_000);
            _institutes.Add(institute);
            foreach (var station in stations)
            {
                _stations.Add(await SiteAsync(SiteKind.Station, institute, $"{station}新时代文明实践站", Near(institute.Place, 500, 3_500), 3_000));
            }
        }

        await SiteAsync(SiteKind.Base, _center, "索溪广场实践基地", new Place(29.3462, 110.5519, 20), 1_000);
        await SiteAsync(SiteKind.Point, _stations[0], "溪畔便民点", Near(_stations[0].Place, 50, 300), 500);
    }

    private async Task<Site> SiteAsync(SiteKind kind, Site? parent, string name, Place place, int radiusM)
    {
        var id = tools.Ids.Next(IdKind.Site);
        var site = new Site
        {
            Id = id,
            Version = 1,
            Kind = kind,
            ParentId = parent?.Id,
            CenterId = parent?.CenterId ?? id,
            Path = SiteStore.PathUnder(parent, id),
            Name = name,
            Lat = place.Lat,
            Lng = place.Lng,
            AccuracyM = place.AccuracyM,
            RadiusM = radiusM,
            TimeZone = kind == SiteKind.Center ? Policy.Default.Zone : null,
            ResponsibleName = Names.Person(_random, _random.Next(2) == 0 ? Gender.Female : Gender.Male),
            ResponsiblePhoneSealed = tools.Vault.Seal(NextPhone()),
            CreatedAt = _now,
        };
        await tools.Sites.InsertAsync(tx, site);
        return site;
    }

    private async Task WriteCatalogAsync()
    {
        foreach (var (code, broader, zh, en) in DemonstrationMenu.Skills)
        {
            var skill = new Skill
            {
                Id = tools.Ids.Next(IdKind.Skill), Version = 1, ParentId = broader is null ? null : _skills[broader], Code = code, NameZh = zh, NameEn = en,
            };
            _skills[code] = skill.Id;
            await tools.Catalog.InsertAsync(tx, skill);
        }

        foreach (var (code, zh, en) in DemonstrationMenu.Qualifications)
        {
            var qualification = new Qualification { Id = tools.Ids.Next(IdKind.Qualification), Version = 1, Code = code, NameZh = zh, NameEn = en };
            _qualifications[code] = qualification.Id;
            await tools.Catalog.InsertAsync(tx, qualification);
        }

        foreach (var item in DemonstrationMenu.Items)
        {
            await tools.Catalog.InsertAsync(tx, new MenuItem
            {
                Id = tools.Ids.Next(IdKind.MenuItem),
                Version = 1,
                CenterId = _center.Id,
                Code = item.Code,
                Category = item.Category,
                NameZh = item.Zh,
                NameEn = item.En,
                Minutes = item.Minutes,
                PeopleWanted = item.Wanted,
                PeopleNeeded = item.Needed,
                Risk = item.Risk,
                Urgency = item.Urgency,
                Mode = item.Mode,
                MinorsAllowed = item.Minors,
                NeedsCuration = item.Curated,
                InsuranceNeeded = item.Insured,
                MayAskGender = item.Gender,
                MayAskLanguage = item.Language,
                Skills = [.. item.Skills.Select(skill => new HeldSkill(_skills[skill.Code], skill.Level))],
                Qualifications = [.. item.Qualifications.Select(code => _qualifications[code])],
            });
        }
    }

    private async Task WriteStaffAsync()
    {
        await StaffAsync("platformadmin", Role.PlatformAdmin, null);
        await StaffAsync("centeradmin", Role.CenterAdmin, _center);
        await StaffAsync("dispatcher", Role.Dispatcher, _center);
        await StaffAsync("curator", Role.Curator, _center);
        await StaffAsync("siteadmin", Role.SiteAdmin, _institutes[0]);
        await StaffAsync("proxy", Role.Proxy, _stations[0]);
        foreach (var station in _stations.Skip(1))
        {
            await StaffAsync(null, Role.Proxy, station);
        }
    }

    private async Task StaffAsync(string? username, Role role, Site? site)
    {
        var name = Names.Person(_staff, _staff.Next(2) == 0 ? Gender.Female : Gender.Male);
        var account = await tools.Accounts.CreateAccountAsync(tx, NextPhone(), username, username is null ? null : passwordHash, name);
        await tools.Hats.GrantHatAsync(tx, account, role, site?.Id);
    }

    private async Task WriteVolunteersAsync()
    {
        for (var i = 0; i < Volunteers; i++)
        {
            var volunteer = await VolunteerAsync(i, _stations[i % _stations.Count], DemonstrationMenu.Kinds[i % DemonstrationMenu.Kinds.Count]);
            if (volunteer.Status == VolunteerStatus.Active)
            {
                _active.Add(volunteer);
            }
        }
    }

    private async Task<Volunteer> VolunteerAsync(int i, Site home, DemonstrationMenu.Kind kind)
    {
        var gender = _random.Next(100) < 58 ? Gender.Female : Gender.Male;
        var born = DateOnly.FromDateTime(_now.UtcDateTime).AddDays(-_random.Next(19 * 366, 70 * 365));
        var phone = NextPhone();
        var username = i switch { 0 => "volunteer", 1 => "captain", _ => null };
        var accountId = await tools.Accounts.CreateAccountAsync(tx, phone, username, username is null ? null : passwordHash);
        IdNumber.TryParse(Names.IdNumber(i, born, gender), DateOnly.FromDateTime(_now.UtcDateTime), out var number);
        var volunteer = new Volunteer
        {
            Id = tools.Ids.Next(IdKind.Volunteer),
            AccountId = accountId,
            CenterId = home.CenterId,
            SiteId = home.Id,
            Path = home.Path,
            Status = i % 25 == 24 ? VolunteerStatus.Registered : i % 100 == 51 ? VolunteerStatus.Suspended : VolunteerStatus.Active,
            Name = Names.Person(_random, gender),
            RealName = i % 25 != 24,
            PhoneSealed = tools.Vault.Seal(phone),
            Languages = _random.Next(3) == 0 ? "zh,tujia" : "zh",
            InsuredUntil = kind.Insured || _random.Next(4) == 0 ? Days.Write(DateOnly.FromDateTime(_now.UtcDateTime).AddYears(1)) : null,
            RadiusM = 1_000 * _random.Next(3, 13),
            MaxOrdersAWeek = _random.Next(2, 7),
            MaxMinutesADay = 60 * _random.Next(3, 9),
            RegisteredAt = _now.AddDays(-_random.Next(1, 900)),
        };
        await tools.Volunteers.InsertAsync(tx, volunteer, number!);
        await tools.Volunteers.WriteAsync(tx, volunteer, Profile(home, kind), Reach.Nothing);
        foreach (var code in kind.Qualifications)
        {
            await tools.Volunteers.AddCertificateAsync(
                tx, volunteer.Id, tools.Ids.Next(IdKind.HeldQualification), _qualifications[code], "张家界市", $"DEMO-{code}-{i:0000}", new DateOnly(2020, 1, 1),
                DateOnly.FromDateTime(_now.UtcDateTime).AddYears(2), verifiedAt: _now);
        }

        await tools.Hats.GrantHatAsync(tx, accountId, Role.Volunteer, subjectId: volunteer.Id);
        return volunteer;
    }

    private ProfileChange Profile(Site home, DemonstrationMenu.Kind kind)
    {
        List<StartingPlace> places = [new("家", PlaceOnWire.Of(Near(home.Place, 30, 1_100)))];
        if (_random.Next(4) == 0)
        {
            places.Add(new StartingPlace("单位", PlaceOnWire.Of(Near(Names.Pick(_random, _institutes).Place, 30, 800))));
        }

        return new ProfileChange
        {
            Skills = [.. kind.Skills.Select(skill => new SkillOnWire(_skills[skill.Code], Math.Clamp(skill.Level + (_random.Next(5) == 0 ? 1 : 0), 1, 4)))],
            Places = places,
            Weekly = [.. Weekly(kind.Hours)],
        };
    }

    private static IEnumerable<SlotOnWire> Weekly(DemonstrationMenu.Hours hours)
    {
        foreach (var day in Enum.GetValues<DayOfWeek>())
        {
            var weekend = day is DayOfWeek.Saturday or DayOfWeek.Sunday;
            switch (hours)
            {
                case DemonstrationMenu.Hours.Always:
                    yield return new SlotOnWire(day, new TimeOnly(7, 0), new TimeOnly(21, 30));
                    break;
                case DemonstrationMenu.Hours.Daytime:
                    yield return new SlotOnWire(day, new TimeOnly(8, 0), new TimeOnly(18, 0));
                    break;
                case DemonstrationMenu.Hours.Evenings when !weekend:
                    yield return new SlotOnWire(day, new TimeOnly(17, 30), new TimeOnly(21, 0));
                    break;
                case DemonstrationMenu.Hours.Evenings or DemonstrationMenu.Hours.Weekend when weekend:
                    yield return new SlotOnWire(day, new TimeOnly(8, 0), new TimeOnly(20, 0));
                    break;
            }
        }
    }

    private async Task WriteTeamsAsync()
    {
        var categories = Enum.GetValues<TeamCategory>();
        for (var i = 0; i < Teams; i++)
        {
            var category = categories[i % categories.Length];
            var site = i < _institutes.Count ? _institutes[i] : _stations[i % _stations.Count];
            var township = _institutes.Single(institute => site.Path.StartsWith(institute.Path, StringComparison.Ordinal));
            // The first team is led by the login that is called captain.
            List<Volunteer> near = [.. _active.Where(one => one.Path.StartsWith(township.Path, StringComparison.Ordinal)).OrderBy(_ => _random.Next())];
            List<Volunteer> members = [.. (i == 0 ? near.Prepend(_active[1]) : near).DistinctBy(one => one.Id).Take(_random.Next(6, 13))];
            var team = new Team
            {
                Id = tools.Ids.Next(IdKind.Team),
                Version = 1,
                CenterId = _center.Id,
                SiteId = site.Id,
                Path = site.Path,
                Name = $"{site.Name[..site.Name.IndexOf('新')]}{TeamName(category)}",
                Category = category,
                CaptainId = members[0].Id,
                Emergency = i % 8 == 0,
            };
            await tools.Teams.InsertAsync(tx, team);
            foreach (var member in members)
            {
                await tools.Teams.JoinAsync(tx, team.Id, member.Id, _now);
            }

            await tools.Hats.GrantHatAsync(tx, members[0].AccountId!.Value, Role.Captain, subjectId: team.Id);
        }
    }

    private static string TeamName(TeamCategory category) => category switch
    {
        TeamCategory.Theory => "理论宣讲队",
        TeamCategory.Culture => "文化文艺队",
        TeamCategory.Education => "助学支教队",
        TeamCategory.Health => "医疗健身队",
        TeamCategory.Science => "科学普及队",
        TeamCategory.Law => "法律服务队",
        TeamCategory.Environment => "卫生环保队",
        TeamCategory.HelpInNeed => "扶危帮困队",
        _ => "特色服务队",
    };

    private async Task WriteResidentsAsync()
    {
        PhoneNumber? spouses = null;
        for (var i = 0; i < Residents; i++)
        {
            var site = _stations[i / 2 % _stations.Count];
            var gender = i % 2 == 0 ? Gender.Male : Gender.Female;
            // Every tenth couple shares a phone; many of the old have none.
            var phone = i % 20 == 1 ? spouses : i % 3 == 2 ? null : NextPhone();
            spouses = phone;
            var own = i % 3 == 0 && i % 20 != 1 && phone is not null;
            var username = i == 0 ? "resident" : null;
            var accountId = own ? await tools.Accounts.CreateAccountAsync(tx, phone, username, username is null ? null : passwordHash) : (Id?)null;
            await ResidentAsync(i, site, gender, phone, accountId);
        }
    }

    private async Task ResidentAsync(int i, Site site, Gender gender, PhoneNumber? phone, Id? accountId)
    {
        var place = Near(site.Place, 30, 1_200);
        var resident = new Resident
        {
            Id = tools.Ids.Next(IdKind.Resident),
            Version = 1,
            AccountId = accountId,
            CenterId = site.CenterId,
            SiteId = site.Id,
            Path = site.Path,
            Name = Names.Person(_random, gender),
            Gender = gender,
            BirthYear = _now.Year - (i % 7 == 3 ? _random.Next(7, 15) : _random.Next(45, 90)),
            Languages = _random.Next(4) == 0 ? "zh,tujia" : "zh",
            AddressSealed = tools.Vault.Seal($"{site.Name[..site.Name.IndexOf('新')]}{_random.Next(1, 9)}组{_random.Next(1, 120)}号"),
            Lat = place.Lat,
            Lng = place.Lng,
            AccuracyM = place.AccuracyM,
            CreatedAt = _now,
        };
        var tag = i % 7 == 3 ? _random.Next(3) == 0 ? CareTag.Orphan : CareTag.LeftBehindChild : Names.Pick(_random, TagsOfAdults);
        await tools.Residents.InsertAsync(tx, resident, phone, i % 5 == 4 ? [] : [tag]);
        if (accountId is { } account)
        {
            await tools.Hats.GrantHatAsync(tx, account, Role.Resident, subjectId: resident.Id);
        }
        else if (i % 2 == 1)
        {
            // A volunteer of the same center who happens to be a relative: one person, several hats.
            var relative = _active[_random.Next(2, _active.Count)].AccountId!.Value;
            await tools.Residents.AddProxyAsync(tx, resident.Id, relative, ProxyRelation.Relative, relative, _now);
        }
    }

    // Made up. In Development nothing is sent to anybody.
    private PhoneNumber NextPhone() => PhoneNumber.Read($"1990000{++_lastPhone:0000}").Value;

    private Place Near(Place place, double atLeastM, double atMostM)
    {
        var bearing = _random.NextDouble() * 2 * Math.PI;
        var metres = atLeastM + _random.NextDouble() * (atMostM - atLeastM);
        return new Place(
            Math.Round(place.Lat + metres * Math.Cos(bearing) / MetresPerDegree, 6),
            Math.Round(place.Lng + metres * Math.Sin(bearing) / (MetresPerDegree * Math.Cos(place.Lat * Math.PI / 180)), 6),
            20);
    }
}
