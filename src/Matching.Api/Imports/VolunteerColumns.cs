using System.Globalization;
using FluentValidation;
using Matching.Accounts;
using Matching.Api.Catalog;
using Matching.Api.Plumbing.Http;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Geography;
using Matching.Policies;
using Matching.Volunteers;

namespace Matching.Api.Imports;

/// <summary>A row of the file as it was read, before anybody looked whether it can be.</summary>
public sealed record VolunteerCells
{
    public string Name { get; init; } = "";

    public string IdNumber { get; init; } = "";

    public string? Phone { get; init; }

    public IReadOnlyList<string>? Languages { get; init; }

    public int RadiusM { get; init; } = 5_000;

    public IReadOnlyList<SkillOnWire> Skills { get; init; } = [];

    public PlaceOnWire? Place { get; init; }

    public IReadOnlyList<SlotOnWire> Weekly { get; init; } = [];

    public DateOnly? InsuredUntil { get; init; }

    public int? OrdersAWeek { get; init; }

    public int? MinutesADay { get; init; }

    public bool RealNameChecked { get; init; }
}

public sealed class VolunteerCellsValidator : AbstractValidator<VolunteerCells>
{
    public VolunteerCellsValidator()
    {
        RuleFor(r => r.Name).NotEmpty().MaximumLength(60);
        RuleFor(r => r.IdNumber).NotEmpty().MaximumLength(40);
        RuleFor(r => r.Phone).OptionalPhone();
        RuleFor(r => r.Languages).Languages();
        RuleFor(r => r.RadiusM).InclusiveBetween(100, 100_000);
        RuleFor(r => r.Skills).Skills();
        RuleFor(r => r.Place).OnEarth();
        RuleFor(r => r.Weekly).Weekly();
        RuleFor(r => r.OrdersAWeek).Must(orders => orders is null || new Limits(orders, null).Check() is null).Refuse(Refusals.LimitsOutOfRange);
        RuleFor(r => r.MinutesADay).Must(minutes => minutes is null || new Limits(null, minutes).Check() is null).Refuse(Refusals.LimitsOutOfRange);
    }
}

/// <summary>The columns of a file of volunteers, by English or Chinese heads, and how a row is read by them.</summary>
public sealed class VolunteerColumns
{
    private static readonly (string Name, string Zh, bool Needed)[] Known =
    [
        ("name", "姓名", true), ("idNumber", "身份证号", true), ("site", "站点", true), ("phone", "手机号", false), ("languages", "语言", false),
        ("radiusM", "服务半径", false), ("skills", "技能", false), ("lat", "纬度", false), ("lng", "经度", false), ("datum", "坐标系", false),
        ("weekly", "服务时间", false), ("insuredUntil", "保险到期", false), ("ordersAWeek", "每周上限", false), ("minutesADay", "每日分钟上限", false),
        ("realNameChecked", "已核验实名", false),
    ];

    private static readonly Dictionary<string, DayOfWeek> DayNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Mon"] = DayOfWeek.Monday, ["Tue"] = DayOfWeek.Tuesday, ["Wed"] = DayOfWeek.Wednesday, ["Thu"] = DayOfWeek.Thursday,
        ["Fri"] = DayOfWeek.Friday, ["Sat"] = DayOfWeek.Saturday, ["Sun"] = DayOfWeek.Sunday,
        ["周一"] = DayOfWeek.Monday, ["周二"] = DayOfWeek.Tuesday, ["周三"] = DayOfWeek.Wednesday, ["周四"] = DayOfWeek.Thursday,
        ["周五"] = DayOfWeek.Friday, ["周六"] = DayOfWeek.Saturday, ["周日"] = DayOfWeek.Sunday,
    };

    private static readonly VolunteerCellsValidator Shape = new();

    private readonly Dictionary<string, int> _at;
    private readonly ImportGround _ground;

    private VolunteerColumns(Dictionary<string, int> at, ImportGround ground) => (_at, _ground) = (at, ground);

    /// <summary>By the first line of a file. Refuses a column that nobody knows, one that stands there twice, and a file without a name, id number or site.</summary>
    public static Outcome<VolunteerColumns> Of(IReadOnlyList<string> head, ImportGround ground)
    {
        var at = new Dictionary<string, int>();
        for (var i = 0; i < head.Count; i++)
        {
            var typed = head[i].Trim();
            var name = Known.FirstOrDefault(known => known.Name.Equals(typed, StringComparison.OrdinalIgnoreCase) || known.Zh == typed).Name;
            if (name is null || !at.TryAdd(name, i))
            {
                return Refusals.ImportColumnUnknown.At(typed.Length <= 40 ? typed : typed[..40]);
            }
        }

        var missing = Known.FirstOrDefault(known => known.Needed && !at.ContainsKey(known.Name)).Name;
        return missing is null ? new VolunteerColumns(at, ground) : Refusals.ImportColumnMissing.At(missing);
    }

    /// <summary>Who stands in a row; the account is still to be found. Refuses with the column.</summary>
    public Outcome<ImportedVolunteer> Read(IReadOnlyList<string> row)
    {
        var reading = new Reading(this, row);
        var cells = reading.Cells();
        if (reading.Refusal is { } unreadable)
        {
            return unreadable;
        }

        if (Shape.Validate(cells) is { IsValid: false } wrong)
        {
            return Shapes.ToRefusal(wrong.Errors[0]);
        }

        var number = Matching.Volunteers.IdNumber.Read(cells.IdNumber, _ground.Today);
        if (number.Refused)
        {
            return number.Refusal!.At("idNumber");
        }

        var home = _ground.Home(reading.Text("site"));
        if (home.Refused)
        {
            return home.Refusal!.At("site");
        }

        return new ImportedVolunteer(
            new Volunteer
            {
                CenterId = home.Value.CenterId,
                SiteId = home.Value.Id,
                Path = home.Value.Path,
                Status = cells.RealNameChecked ? VolunteerStatus.Active : VolunteerStatus.Registered,
                RealName = cells.RealNameChecked,
                Name = cells.Name.Trim(),
                Languages = string.Join(',', cells.Languages ?? ["zh"]),
                InsuredUntil = Days.WriteIfAny(cells.InsuredUntil),
                RadiusM = cells.RadiusM,
                MaxOrdersAWeek = cells.OrdersAWeek ?? _ground.Policy.Limits.OrdersAWeek ?? 100,
                MaxMinutesADay = cells.MinutesADay ?? _ground.Policy.Limits.MinutesADay ?? 24 * 60,
            },
            number.Value,
            cells.Phone is { } phone ? PhoneNumber.Read(phone).Value : null,
            home.Value,
            [.. cells.Skills.Select(skill => new HeldSkill(skill.SkillId, skill.Level))],
            cells.Place is { } place ? [place.Read().Value] : [],
            [.. cells.Weekly.Select(slot => slot.ToSlot())]);
    }

    /// <summary>Reads the cells of one row, and remembers the first that cannot be read.</summary>
    private sealed class Reading(VolunteerColumns columns, IReadOnlyList<string> row)
    {
        public Refusal? Refusal { get; private set; }

        public VolunteerCells Cells() => new()
        {
            Name = Text("name"),
            IdNumber = Text("idNumber"),
            Phone = OrNull("phone"),
            Languages = OrNull("languages") is { } languages ? Parts(languages) : null,
            RadiusM = Whole("radiusM") ?? 5_000,
            Skills = [.. Parts(Text("skills")).Select(Skill)],
            Place = Place(),
            Weekly = [.. Parts(Text("weekly")).Select(Slot)],
            InsuredUntil = Day("insuredUntil"),
            OrdersAWeek = Whole("ordersAWeek"),
            MinutesADay = Whole("minutesADay"),
            RealNameChecked = YesNo("realNameChecked"),
        };

        public string Text(string column) => columns._at.TryGetValue(column, out var i) && i < row.Count ? row[i].Trim() : "";

        private static IReadOnlyList<string> Parts(string text) =>
            text.Split([';', '；', '、'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        private string? OrNull(string column) => Text(column) is { Length: > 0 } text ? text : null;

        private T Wrong<T>(string column, T instead, Refusal? refusal = null)
        {
            Refusal ??= (refusal ?? Refusals.FieldWrongType).At(column);
            return instead;
        }

        private int? Whole(string column) => OrNull(column) is not { } text ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : Wrong<int?>(column, null);

        private double Degrees(string column) =>
            double.TryParse(Text(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : Wrong(column, 0.0);

        private DateOnly? Day(string column) => OrNull(column) is not { } text ? null
            : DateOnly.TryParseExact(text, ["yyyy-MM-dd", "yyyy/M/d", "yyyyMMdd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
            : Wrong<DateOnly?>(column, null);

        private bool YesNo(string column) => Text(column).ToLowerInvariant() switch
        {
            "" or "no" or "false" or "0" or "否" => false,
            "yes" or "true" or "1" or "是" => true,
            _ => Wrong(column, false),
        };

        private PlaceOnWire? Place()
        {
            if (OrNull("lat") is null && OrNull("lng") is null)
            {
                return null;
            }

            var datum = OrNull("datum") is not { } text ? Datum.Wgs84
                : Enum.TryParse<Datum>(text.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var read) && Enum.IsDefined(read) ? read
                : Wrong("datum", Datum.Wgs84);
            return new PlaceOnWire(Degrees("lat"), Degrees("lng"), datum);
        }

        // cooking or cooking:3
        private SkillOnWire Skill(string text)
        {
            var (code, level) = text.Split([':', '：']) switch
            {
                [var only] => (only.Trim(), 1),
                [var first, var second] when int.TryParse(second.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => (first.Trim(), number),
                _ => (Wrong("skills", ""), 1),
            };
            return columns._ground.Skills.TryGetValue(code, out var id)
                ? new SkillOnWire(id, level)
                : Wrong("skills", new SkillOnWire(Id.None, 1), Refusals.SkillUnknown);
        }

        // Mon 09:00-12:00 or 周六 14:00-18:00
        private SlotOnWire Slot(string text)
        {
            var parts = text.Split([' ', '-', '～', '~'], StringSplitOptions.RemoveEmptyEntries);
            return parts is [var day, var from, var to]
                && DayNames.TryGetValue(day, out var of)
                && TimeOnly.TryParseExact(from, "H:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var start)
                && (TimeOnly.TryParseExact(to == "24:00" ? "0:00" : to, "H:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var end))
                    ? new SlotOnWire(of, start, end)
                    : Wrong("weekly", new SlotOnWire(DayOfWeek.Monday, TimeOnly.MinValue, TimeOnly.MaxValue));
        }
    }
}

/// <summary>Somebody who stands in a file and is not registered yet.</summary>
/// <param name="Volunteer">Without id and account.</param>
public sealed record ImportedVolunteer(
    Volunteer Volunteer, IdNumber IdNumber, PhoneNumber? Phone, Site Home, IReadOnlyList<HeldSkill> Skills, IReadOnlyList<Place> Places,
    IReadOnlyList<WeeklySlot> Weekly);

/// <summary>What rows refer to: the sites within reach, the skills of the center, its policy, its today.</summary>
public sealed record ImportGround(
    IReadOnlyDictionary<string, Site> SitesById, ILookup<string, Site> SitesByName, IReadOnlyDictionary<string, Id> Skills, Policy Policy, DateOnly Today)
{
    private const int SitesAPage = 1_000;

    public static async Task<ImportGround> ReadAsync(Import import, SiteStore sites, CatalogStore catalog, PolicyStore policies, DateTimeOffset now)
    {
        var all = new List<Site>();
        var reach = Matching.Sites.Reach.Of(import.Path);
        while (await sites.ListAsync(reach, null, closed: false, all.Count == 0 ? "" : all[^1].Path, SitesAPage) is { Count: > 0 } page)
        {
            all.AddRange(page);
        }

        var policy = await policies.CurrentAsync(import.CenterId);
        return new ImportGround(
            all.ToDictionary(site => site.Id.ToString()),
            all.ToLookup(site => Folded.Of(site.Name)),
            (await catalog.SkillsAsync(import.CenterId)).Where(skill => skill.RetiredAt is null).GroupBy(skill => skill.Code)
                .ToDictionary(group => group.Key, group => group.OrderBy(skill => skill.CenterId is null).First().Id, StringComparer.OrdinalIgnoreCase),
            policy,
            LocalTime.DayOf(now, policy.TimeZone));
    }

    /// <summary>The home site by id or name; a base or point stands for the site above it.</summary>
    public Outcome<Site> Home(string typed)
    {
        var found = SitesById.TryGetValue(typed, out var byId) ? [byId] : SitesByName[Folded.Of(typed)].ToList();
        if (found.Count > 1)
        {
            return Refusals.ImportSiteAmbiguous;
        }

        var site = found.FirstOrDefault();
        while (site is { OwnsOrders: false, ParentId: { } parent })
        {
            site = SitesById.GetValueOrDefault(parent.ToString());
        }

        return site is null ? Refusals.SiteUnknown : site;
    }
}
