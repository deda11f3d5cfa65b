using FluentValidation;
using Matching.Api.Plumbing.Http;
using Matching.Orders;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Api.Catalog;

/// <summary>A skill that an item asks for, at this level or above (1 to 4); a narrower skill counts as it.</summary>
public sealed record SkillDemand(Id SkillId, int Level = HeldSkill.LowestLevel)
{
    public static SkillDemand Of(HeldSkill skill) => new(skill.Skill, skill.Level);

    public HeldSkill ToSkill() => new(SkillId, Level);
}

/// <summary>What can be ordered, its name in the caller's language and in both.</summary>
/// <param name="Minutes">How long the service takes, for one of the people.</param>
/// <param name="NeedsCuration">False: a wish for it becomes an order by itself.</param>
public sealed record MenuItemResponse(
    Id Id, int Version, Id CenterId, string Code, TeamCategory Category, string Name, string NameZh, string NameEn, string? About, string? AboutZh,
    string? AboutEn, int Minutes, int PeopleWanted, int PeopleNeeded, Risk Risk, Urgency Urgency, DispatchMode Mode, bool MinorsAllowed, bool NeedsCuration,
    bool InsuranceNeeded, bool MayAskGender, bool MayAskLanguage, IReadOnlyList<SkillDemand> Skills, IReadOnlyList<Id> Qualifications,
    DateTimeOffset? RetiredAt) : IVersioned
{
    public static MenuItemResponse Of(MenuItem item, bool english) => new(
        item.Id, item.Version, item.CenterId, item.Code, item.Category, english ? item.NameEn : item.NameZh, item.NameZh, item.NameEn,
        english ? item.AboutEn ?? item.AboutZh : item.AboutZh ?? item.AboutEn, item.AboutZh, item.AboutEn, item.Minutes, item.PeopleWanted,
        item.PeopleNeeded, item.Risk, item.Urgency, item.Mode, item.MinorsAllowed, item.NeedsCuration, item.InsuranceNeeded, item.MayAskGender,
        item.MayAskLanguage, [.. item.Skills.Select(SkillDemand.Of)], item.Qualifications, item.RetiredAt);
}

/// <summary>What stands on the menu about an item, as its center writes it.</summary>
public sealed record MenuItemText(
    TeamCategory Category, string NameZh, string NameEn, int Minutes, int PeopleWanted, int PeopleNeeded, Risk Risk, Urgency Urgency,
    DispatchMode Mode = DispatchMode.Wave, string? AboutZh = null, string? AboutEn = null, bool MinorsAllowed = false, bool NeedsCuration = true,
    bool InsuranceNeeded = false, bool MayAskGender = false, bool MayAskLanguage = false, IReadOnlyList<SkillDemand>? Skills = null,
    IReadOnlyList<Id>? Qualifications = null)
{
    public MenuItem WrittenOn(MenuItem item) => item with
    {
        Category = Category,
        NameZh = NameZh.Trim(),
        NameEn = NameEn.Trim(),
        AboutZh = AboutZh,
        AboutEn = AboutEn,
        Minutes = Minutes,
        PeopleWanted = PeopleWanted,
        PeopleNeeded = PeopleNeeded,
        Risk = Risk,
        Urgency = Urgency,
        Mode = Mode,
        MinorsAllowed = MinorsAllowed,
        NeedsCuration = NeedsCuration,
        InsuranceNeeded = InsuranceNeeded,
        MayAskGender = MayAskGender,
        MayAskLanguage = MayAskLanguage,
        Skills = [.. (Skills ?? []).Select(skill => skill.ToSkill())],
        Qualifications = Qualifications ?? [],
    };
}

public sealed class MenuItemTextValidator : AbstractValidator<MenuItemText>
{
    public MenuItemTextValidator()
    {
        RuleFor(r => r.NameZh).CatalogName();
        RuleFor(r => r.NameEn).CatalogName();
        RuleFor(r => r.AboutZh).MaximumLength(400);
        RuleFor(r => r.AboutEn).MaximumLength(400);
        RuleFor(r => r.Minutes).InclusiveBetween(5, 24 * 60);
        RuleFor(r => r.PeopleWanted).InclusiveBetween(1, 200);
        RuleFor(r => r.PeopleNeeded).InclusiveBetween(1, 200);
        RuleFor(r => r.PeopleNeeded).Must((r, needed) => needed <= r.PeopleWanted).Refuse(Refusals.PeopleNeededAboveWanted);
        RuleFor(r => r.Skills).Must(skills => skills is null or { Count: <= 20 }).Refuse(Refusals.FieldTooLong);
        RuleForEach(r => r.Skills).ChildRules(skill => skill.RuleFor(s => s.Level).Must(level => HeldSkill.CheckLevel(level) is null)
            .Refuse(Refusals.SkillLevelOutOfRange));
        RuleFor(r => r.Qualifications).Must(all => all is null or { Count: <= 20 }).Refuse(Refusals.FieldTooLong);
    }
}
