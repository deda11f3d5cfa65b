using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FluentValidation;
using Matching.Accounts;
using Matching.Api.Accounts;
using Matching.Api.Catalog;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Geography;
using Matching.Volunteers;

namespace Matching.Api.Imports;

/// <summary>A row of a file of volunteers as it was read, before anybody looked whether it can be.</summary>
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

/// <summary>Somebody who stands in a file and is not registered yet.</summary>
/// <param name="Volunteer">Without id and account.</param>
public sealed record ImportedVolunteer(
    Volunteer Volunteer, IdNumber IdNumber, PhoneNumber? Phone, Site Home, IReadOnlyList<HeldSkill> Skills, IReadOnlyList<Place> Places,
    IReadOnlyList<WeeklySlot> Weekly);

/// <summary>Files of volunteers.</summary>
[Shared]
public sealed class VolunteerRows(
    VolunteerStore volunteers, SiteStore sites, CatalogStore catalog, PolicyStore policies, AccountStore accounts, HatStore hats, Timeline timeline, Ids ids,
    Vault vault, TimeProvider clock)
{
    private static readonly Dictionary<string, DayOfWeek> DayNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Mon"] = DayOfWeek.Monday, ["Tue"] = DayOfWeek.Tuesday, ["Wed"] = DayOfWeek.Wednesday, ["Thu"] = DayOfWeek.Thursday,
        ["Fri"] = DayOfWeek.Friday, ["Sat"] = DayOfWeek.Saturday, ["Sun"] = DayOfWeek.Sunday,
        ["周一"] = DayOfWeek.Monday, ["周二"] = DayOfWeek.Tuesday, ["周三"] = DayOfWeek.Wednesday, ["周四"] = DayOfWeek.Thursday,
        ["周五"] = DayOfWeek.Friday, ["周六"] = DayOfWeek.Saturday, ["周日"] = DayOfWeek.Sunday,
    };

    private static readonly VolunteerCellsValidator Shape = new();

    public async Task<IImportRows<ImportedVolunteer>> BeginAsync(Import import) =>
        new OfOneFile(this, import, await ImportGround.ReadAsync(import, sites, catalog, policies, clock.GetUtcNow()));

    private async Task<IReadOnlyList<(int Line, Refusal Refusal)>> SettleAsync(
        Transaction tx, Import import, IReadOnlyList<(int Line, ImportedVolunteer Item)> fit, Actor actor)
    {
        var (still, problems) = await SortAsync(tx, fit);
        if (!import.DryRun)
        {
            await RegisterAsync(tx, import, still, actor);
        }

        return problems;
    }

    /// <summary>Sets those apart who are registered already, or whose site has closed or moved since the file began.</summary>
    private async Task<(List<ImportedVolunteer> Fit, List<(int Line, Refusal Refusal)> Problems)> SortAsync(
        Transaction tx, IReadOnlyList<(int Line, ImportedVolunteer Item)> all)
    {
        var known = await volunteers.KnownAsync(tx, all.Select(one => one.Item.IdNumber));
        var gone = new HashSet<Id>();
        foreach (var home in all.Select(one => one.Item.Home).DistinctBy(home => home.Id).OrderBy(home => home.Id))
        {
            if (!await sites.HoldAsync(tx, home))
            {
                gone.Add(home.Id);
            }
        }

        var fit = new List<ImportedVolunteer>(all.Count);
        var problems = new List<(int Line, Refusal Refusal)>();
        foreach (var (line, volunteer) in all)
        {
            if (known.Contains(volunteer.IdNumber.Reveal()))
            {
                problems.Add((line, Refusals.VolunteerKnown.At("idNumber")));
            }
            else if (gone.Contains(volunteer.Home.Id))
            {
                problems.Add((line, Refusals.SiteUnknown.At("site")));
            }
            else
            {
                fit.Add(volunteer);
            }
        }

        return (fit, problems);
    }

    private async Task RegisterAsync(Transaction tx, Import import, List<ImportedVolunteer> fit, Actor actor)
    {
        var byPhone = await accounts.FindOrCreateByPhonesAsync(tx, fit.Where(one => one.Phone is not null).Select(one => one.Phone!));
        var now = clock.GetUtcNow();
        var fresh = fit.ConvertAll(one => new NewVolunteer(
            one.Volunteer with
            {
                Id = ids.Next(IdKind.Volunteer),
                AccountId = one.Phone is { } phone ? byPhone[phone] : null,
                PhoneSealed = one.Phone is { } number ? vault.Seal(number) : null,
                RegisteredAt = now,
            },
            one.IdNumber, one.Skills, one.Places, one.Weekly));
        await volunteers.InsertEachAsync(tx, fresh);
        await hats.GrantToNewVolunteersAsync(
            tx, fresh.Where(one => one.Volunteer.AccountId is not null).Select(one => (one.Volunteer.AccountId!.Value, one.Volunteer.Id)), import.StartedBy);
        await timeline.AddEachAsync(
            tx, fresh.Select(one => one.Volunteer.Id), null, nameof(VolunteerStatus.Registered), nameof(TakeImportFile), actor, import.Id.ToString());
        await timeline.AddEachAsync(
            tx, fresh.Where(one => one.Volunteer.Status == VolunteerStatus.Active).Select(one => one.Volunteer.Id), nameof(VolunteerStatus.Registered),
            nameof(VolunteerStatus.Active), nameof(TakeImportFile), actor, import.Id.ToString());
    }

    private sealed class OfOneFile(VolunteerRows writing, Import import, ImportGround ground) : IImportRows<ImportedVolunteer>
    {
        private readonly HashSet<UInt128> _seen = [];

        public IReadOnlyList<ImportColumn> Columns { get; } =
        [
            new("name", "姓名", Needed: true), new("idNumber", "身份证号", Needed: true), new("site", "站点", Needed: true), new("phone", "手机号"), new("languages", "语言"),
            new("radiusM", "服务半径"), new("skills", "技能"), new("lat", "纬度"), new("lng", "经度"), new("datum", "坐标系"), new("weekly", "服务时间"),
            new("insuredUntil", "保险到期"), new("ordersAWeek", "每周上限"), new("minutesADay", "每日分钟上限"), new("realNameChecked", "已核验实名"),
        ];

        public ImportedVolunteer? Read(Cells cells)
        {
            var read = new VolunteerCells
            {
                Name = cells.Text("name"),
                IdNumber = cells.Text("idNumber"),
                Phone = cells.OrNull("phone"),
                Languages = cells.Parts("languages") is { Count: > 0 } languages ? languages : null,
                RadiusM = cells.Whole("radiusM") ?? 5_000,
                Skills = [.. cells.Skills("skills", ground.Skills).Select(skill => new SkillOnWire(skill.SkillId, skill.Level))],
                Place = cells.Place(),
                Weekly = [.. cells.Parts("weekly").Select(text => Slot(cells, text))],
                InsuredUntil = cells.Day("insuredUntil"),
                OrdersAWeek = cells.Whole("ordersAWeek"),
                MinutesADay = cells.Whole("minutesADay"),
                RealNameChecked = cells.YesNo("realNameChecked"),
            };
            cells.Wrong(Shape.Validate(read));
            var number = Matching.Volunteers.IdNumber.Read(read.IdNumber, ground.Today);
            if (number.Refusal is { } noNumber)
            {
                cells.Wrong("idNumber", noNumber);
            }

            var home = ground.Home(cells.Text("site"));
            if (home.Refusal is { } noHome)
            {
                cells.Wrong("site", noHome);
            }

            if (cells.Problems.Count > 0)
            {
                return null;
            }

            if (!_seen.Add(Digest(number.Value)))
            {
                cells.Wrong("idNumber", Refusals.VolunteerTwice);
                return null;
            }

            return new ImportedVolunteer(
                new Volunteer
                {
                    CenterId = home.Value.CenterId,
                    SiteId = home.Value.Id,
                    Path = home.Value.Path,
                    Status = read.RealNameChecked ? VolunteerStatus.Active : VolunteerStatus.Registered,
                    RealName = read.RealNameChecked,
                    Name = read.Name.Trim(),
                    Languages = string.Join(',', read.Languages ?? ["zh"]),
                    InsuredUntil = Days.WriteIfAny(read.InsuredUntil),
                    RadiusM = read.RadiusM,
                    MaxOrdersAWeek = read.OrdersAWeek ?? ground.Policy.Limits.OrdersAWeek ?? 100,
                    MaxMinutesADay = read.MinutesADay ?? ground.Policy.Limits.MinutesADay ?? 24 * 60,
                },
                number.Value,
                read.Phone is { } phone ? PhoneNumber.Read(phone).Value : null,
                home.Value,
                [.. read.Skills.Select(skill => new HeldSkill(skill.SkillId, skill.Level))],
                read.Place is { } place ? [place.Read().Value] : [],
                [.. read.Weekly.Select(slot => slot.ToSlot())]);
        }

        public Task<IReadOnlyList<(int Line, Refusal Refusal)>> SettleAsync(
            Transaction tx, IReadOnlyList<(int Line, ImportedVolunteer Item)> fit, Actor actor) => writing.SettleAsync(tx, import, fit, actor);

        // Mon 09:00-12:00 or 周六 14:00-18:00
        private static SlotOnWire Slot(Cells cells, string text)
        {
            var parts = text.Split([' ', '-', '～', '~'], StringSplitOptions.RemoveEmptyEntries);
            return parts is [var day, var from, var to]
                && DayNames.TryGetValue(day, out var of)
                && TimeOnly.TryParseExact(from, "H:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var start)
                && (TimeOnly.TryParseExact(to == "24:00" ? "0:00" : to, "H:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var end))
                    ? new SlotOnWire(of, start, end)
                    : cells.Wrong("weekly", new SlotOnWire(DayOfWeek.Monday, TimeOnly.MinValue, TimeOnly.MaxValue));
        }

        // Half of a hash is enough to tell the people of one file apart, and the numbers themselves do not lie about in memory.
        private static UInt128 Digest(IdNumber number)
        {
            Span<byte> hash = stackalloc byte[32];
            SHA256.HashData(Encoding.ASCII.GetBytes(number.Reveal()), hash);
            return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
        }
    }
}
