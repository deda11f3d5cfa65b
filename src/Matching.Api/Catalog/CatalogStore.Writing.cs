using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Volunteers;

namespace Matching.Api.Catalog;

/// <summary>The half that changes the catalog. Nothing is ever deleted: what orders and people name stays, marked as retired.</summary>
public sealed partial class CatalogStore
{
    private static readonly Sql<ById, Skill> FindSkill = new(
        "SELECT id, version, center_id, parent_id, code, name_zh, name_en, retired_at FROM skills WHERE id = @Id");

    private static readonly Sql<ById, Skill> FindNarrower = new(
        "SELECT id, version, center_id, parent_id, code, name_zh, name_en, retired_at FROM skills WHERE parent_id = @Id AND retired_at IS NULL");

    // Nothing changes but that nobody else changes the tree until we are done: two edits, each fine alone, could make a circle.
    private static readonly Sql<InCenterOrCommon> HoldSkills = new("UPDATE skills SET version = version WHERE center_id IS NULL OR center_id = @CenterId");

    private static readonly Sql<SkillValues> InsertSkill = new(
        """
        INSERT INTO skills (id, version, center_id, parent_id, code, name_zh, name_en)
        VALUES (@Id, @Version, @CenterId, @ParentId, @Code, @NameZh, @NameEn)
        """);

    private static readonly Sql<SkillValues> UpdateSkill = new(
        """
        UPDATE skills SET version = version + 1, parent_id = @ParentId, name_zh = @NameZh, name_en = @NameEn, retired_at = @RetiredAt
        WHERE id = @Id AND version = @Version
        """);

    private static readonly Sql<ById, Qualification> FindQualification = new(
        "SELECT id, version, center_id, code, name_zh, name_en, retired_at FROM qualifications WHERE id = @Id");

    private static readonly Sql<QualificationValues> InsertQualification = new(
        """
        INSERT INTO qualifications (id, version, center_id, code, name_zh, name_en)
        VALUES (@Id, @Version, @CenterId, @Code, @NameZh, @NameEn)
        """);

    private static readonly Sql<QualificationValues> UpdateQualification = new(
        """
        UPDATE qualifications SET version = version + 1, name_zh = @NameZh, name_en = @NameEn, retired_at = @RetiredAt
        WHERE id = @Id AND version = @Version
        """);

    private static readonly Sql<ItemValues> InsertItem = new(
        """
        INSERT INTO menu_items (id, version, center_id, code, category, name_zh, name_en, about_zh, about_en, minutes, people_wanted, people_needed, risk,
            urgency, mode, minors_allowed, needs_curation, insurance_needed, may_ask_gender, may_ask_language)
        VALUES (@Id, @Version, @CenterId, @Code, @Category, @NameZh, @NameEn, @AboutZh, @AboutEn, @Minutes, @PeopleWanted, @PeopleNeeded, @Risk,
            @Urgency, @Mode, @MinorsAllowed, @NeedsCuration, @InsuranceNeeded, @MayAskGender, @MayAskLanguage)
        """);

    private static readonly Sql<ItemValues> UpdateItem = new(
        """
        UPDATE menu_items SET version = version + 1, category = @Category, name_zh = @NameZh, name_en = @NameEn, about_zh = @AboutZh, about_en = @AboutEn,
            minutes = @Minutes, people_wanted = @PeopleWanted, people_needed = @PeopleNeeded, risk = @Risk, urgency = @Urgency, mode = @Mode,
            minors_allowed = @MinorsAllowed, needs_curation = @NeedsCuration, insurance_needed = @InsuranceNeeded, may_ask_gender = @MayAskGender,
            may_ask_language = @MayAskLanguage, retired_at = @RetiredAt
        WHERE id = @Id AND version = @Version
        """);

    private static readonly Sql<InCenter, CodeRow> ListCodes = new("SELECT code FROM menu_items WHERE center_id = @CenterId ORDER BY code");

    private static readonly Sql<ById> DropItemSkills = new("DELETE FROM menu_item_skills WHERE menu_item_id = @Id");

    private static readonly Sql<ById> DropItemQualifications = new("DELETE FROM menu_item_qualifications WHERE menu_item_id = @Id");

    private static readonly Sql<ItemSkill> AddItemSkill = new(
        "INSERT INTO menu_item_skills (menu_item_id, skill_id, level) VALUES (@MenuItemId, @SkillId, @Level)");

    private static readonly Sql<ItemQualification> AddItemQualification = new(
        "INSERT INTO menu_item_qualifications (menu_item_id, qualification_id) VALUES (@MenuItemId, @QualificationId)");

    private static readonly Sql<ItemPage, MenuItem> PageOfItems = new(
        """
        SELECT id, version, center_id, code, category, name_zh, name_en, about_zh, about_en, minutes, people_wanted, people_needed, risk, urgency, mode,
            minors_allowed, needs_curation, insurance_needed, may_ask_gender, may_ask_language, retired_at
        FROM menu_items
        WHERE (@CenterId IS NULL OR center_id = @CenterId) AND (@Category IS NULL OR category = @Category) AND (@Retired = 1 OR retired_at IS NULL)
            AND center_id >= @AfterCenter AND (center_id > @AfterCenter OR code > @AfterCode)
        ORDER BY center_id, code
        {page}
        """);

    /// <summary>A center's own things are its admin's; what is common to all centers is the platform's.</summary>
    public static bool MayEdit(Caller caller, Id? centerId) =>
        caller.Role == Role.PlatformAdmin || (centerId is { IsNone: false } id && id == caller.CenterId);

    public Task<Skill?> SkillAsync(IRows rows, Id id) => rows.FirstAsync(FindSkill, new ById(id));

    public Task<Qualification?> QualificationAsync(IRows rows, Id id) => rows.FirstAsync(FindQualification, new ById(id));

    public Task HoldSkillsAsync(Transaction tx, Id? centerId) => tx.ExecuteAsync(HoldSkills, new InCenterOrCommon(centerId));

    /// <summary>Null when the skills make a tree with this one in it; otherwise why not. A center's skill may stand under a common one, not the other way.</summary>
    public async Task<Refusal?> CheckTreeAsync(IRows rows, Skill skill)
    {
        var others = (await SkillsAsync(rows, skill.CenterId ?? Id.None)).Where(other => other.Id != skill.Id).Append(skill);
        return SkillTree.Of(others.Select(one => new SkillNode(one.Id, one.ParentId))).Refusal;
    }

    public async Task<bool> HasNarrowerAsync(IRows rows, Id skillId) => await rows.FirstAsync(FindNarrower, new ById(skillId)) is not null;

    public Task InsertAsync(Transaction tx, Skill skill) => tx.ExecuteAsync(InsertSkill, SkillValues.Of(skill));

    /// <summary>False when somebody else changed it meanwhile.</summary>
    public async Task<bool> UpdateAsync(Transaction tx, Skill skill)
    {
        tx.AfterCommit(_trees.Clear);
        return await tx.ExecuteAsync(UpdateSkill, SkillValues.Of(skill)) == 1;
    }

    public Task InsertAsync(Transaction tx, Qualification qualification) => tx.ExecuteAsync(InsertQualification, QualificationValues.Of(qualification));

    /// <summary>False when somebody else changed it meanwhile.</summary>
    public async Task<bool> UpdateAsync(Transaction tx, Qualification qualification) =>
        await tx.ExecuteAsync(UpdateQualification, QualificationValues.Of(qualification)) == 1;

    public async Task InsertAsync(Transaction tx, MenuItem item)
    {
        await tx.ExecuteAsync(InsertItem, ItemValues.Of(item));
        await AddDemandsAsync(tx, item);
    }

    /// <summary>False when somebody else changed it meanwhile.</summary>
    public async Task<bool> UpdateAsync(Transaction tx, MenuItem item)
    {
        if (await tx.ExecuteAsync(UpdateItem, ItemValues.Of(item)) == 0)
        {
            return false;
        }

        await tx.ExecuteAsync(DropItemSkills, new ById(item.Id));
        await tx.ExecuteAsync(DropItemQualifications, new ById(item.Id));
        await AddDemandsAsync(tx, item);
        return true;
    }

    /// <summary>Null when everything that an item asks for is there to be asked for in its center; otherwise what is not.</summary>
    public async Task<Refusal?> CheckDemandsAsync(IRows rows, Id centerId, IReadOnlyList<HeldSkill> skills, IReadOnlyList<Id> qualifications)
    {
        var known = (await SkillsAsync(rows, centerId)).Where(skill => skill.RetiredAt is null).Select(skill => skill.Id).ToHashSet();
        var seen = new HashSet<Id>();
        for (var i = 0; i < skills.Count; i++)
        {
            if (!known.Contains(skills[i].Skill) || !seen.Add(skills[i].Skill))
            {
                return (known.Contains(skills[i].Skill) ? Refusals.SkillTwice : Refusals.SkillUnknown).At($"skills[{i}].skillId");
            }
        }

        var kinds = (await QualificationsAsync(rows, centerId)).Where(one => one.RetiredAt is null).Select(one => one.Id).ToHashSet();
        var unknown = qualifications.ToList().FindIndex(id => !kinds.Contains(id));
        return unknown < 0 ? null : Refusals.QualificationUnknown.At($"qualifications[{unknown}]");
    }

    /// <summary>The codes on a center's menu, those of retired items among them.</summary>
    public async Task<HashSet<string>> CodesAsync(IRows rows, Id centerId) => [.. (await rows.ListAsync(ListCodes, new InCenter(centerId))).Select(row => row.Code)];

    /// <summary>A page of menus by center and code.</summary>
    public async Task<List<MenuItem>> ItemsAsync(Id? centerId, TeamCategory? category, bool retired, Id afterCenter, string afterCode, int take) =>
        await WithDemandsAsync(database, await database.ListAsync(
            PageOfItems, new ItemPage(centerId, category?.ToString(), retired, afterCenter, afterCode, take)));

    private static async Task AddDemandsAsync(Transaction tx, MenuItem item)
    {
        foreach (var skill in item.Skills)
        {
            await tx.ExecuteAsync(AddItemSkill, new ItemSkill { MenuItemId = item.Id, SkillId = skill.Skill, Level = skill.Level });
        }

        foreach (var qualification in item.Qualifications.Distinct())
        {
            await tx.ExecuteAsync(AddItemQualification, new ItemQualification { MenuItemId = item.Id, QualificationId = qualification });
        }
    }

    private sealed record CodeRow
    {
        public string Code { get; init; } = "";
    }

    private sealed record InCenterOrCommon(Id? CenterId);

    private sealed record ItemPage(Id? CenterId, string? Category, bool Retired, Id AfterCenter, string AfterCode, int Take);

    private sealed record SkillValues(
        Id Id, int Version, Id? CenterId, Id? ParentId, string Code, string NameZh, string NameEn, DateTimeOffset? RetiredAt)
    {
        public static SkillValues Of(Skill skill) =>
            new(skill.Id, skill.Version, skill.CenterId, skill.ParentId, skill.Code, skill.NameZh, skill.NameEn, skill.RetiredAt);
    }

    private sealed record QualificationValues(Id Id, int Version, Id? CenterId, string Code, string NameZh, string NameEn, DateTimeOffset? RetiredAt)
    {
        public static QualificationValues Of(Qualification one) =>
            new(one.Id, one.Version, one.CenterId, one.Code, one.NameZh, one.NameEn, one.RetiredAt);
    }

    private sealed record ItemValues(
        Id Id, int Version, Id CenterId, string Code, string Category, string NameZh, string NameEn, string? AboutZh, string? AboutEn, int Minutes,
        int PeopleWanted, int PeopleNeeded, string Risk, string Urgency, string Mode, bool MinorsAllowed, bool NeedsCuration, bool InsuranceNeeded,
        bool MayAskGender, bool MayAskLanguage, DateTimeOffset? RetiredAt)
    {
        public static ItemValues Of(MenuItem item) => new(
            item.Id, item.Version, item.CenterId, item.Code, item.Category.ToString(), item.NameZh, item.NameEn, item.AboutZh, item.AboutEn, item.Minutes,
            item.PeopleWanted, item.PeopleNeeded, item.Risk.ToString(), item.Urgency.ToString(), item.Mode.ToString(), item.MinorsAllowed,
            item.NeedsCuration, item.InsuranceNeeded, item.MayAskGender, item.MayAskLanguage, item.RetiredAt);
    }
}
