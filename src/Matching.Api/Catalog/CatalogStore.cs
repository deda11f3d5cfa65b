using System.Collections.Concurrent;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Volunteers;

namespace Matching.Api.Catalog;

/// <summary>What can be ordered, and what it takes: skills, qualifications, the menu. Small tables, read whole.</summary>
public sealed partial class CatalogStore(Database database, MachineClock clock)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1);

    private static readonly Sql<InCenter, Skill> ListSkills = new(
        """
        SELECT id, version, center_id, parent_id, code, name_zh, name_en, retired_at
        FROM skills WHERE center_id IS NULL OR center_id = @CenterId
        ORDER BY code, id
        """);

    private static readonly Sql<InCenter, Qualification> ListQualifications = new(
        """
        SELECT id, version, center_id, code, name_zh, name_en, retired_at
        FROM qualifications WHERE center_id IS NULL OR center_id = @CenterId
        ORDER BY code, id
        """);

    private static readonly Sql<ById, MenuItem> FindItem = new(
        """
        SELECT id, version, center_id, code, category, name_zh, name_en, about_zh, about_en, minutes, people_wanted, people_needed, risk, urgency, mode,
            minors_allowed, needs_curation, insurance_needed, may_ask_gender, may_ask_language, retired_at
        FROM menu_items WHERE id = @Id
        """);

    private static readonly Sql<InCenter, MenuItem> ListItems = new(
        """
        SELECT id, version, center_id, code, category, name_zh, name_en, about_zh, about_en, minutes, people_wanted, people_needed, risk, urgency, mode,
            minors_allowed, needs_curation, insurance_needed, may_ask_gender, may_ask_language, retired_at
        FROM menu_items WHERE center_id = @CenterId
        ORDER BY code
        """);

    private static readonly Sql<ByIds, ItemSkill> SkillsOf = new(
        "SELECT menu_item_id, skill_id, level FROM menu_item_skills WHERE menu_item_id IN @Ids ORDER BY menu_item_id, skill_id");

    private static readonly Sql<ByIds, ItemQualification> QualificationsOf = new(
        "SELECT menu_item_id, qualification_id FROM menu_item_qualifications WHERE menu_item_id IN @Ids ORDER BY menu_item_id, qualification_id");

    private readonly ConcurrentDictionary<Id, Remembered> _trees = new();

    /// <summary>The skills common to all centers and those of this one, retired ones among them.</summary>
    public Task<List<Skill>> SkillsAsync(Id centerId) => SkillsAsync(database, centerId);

    public Task<List<Skill>> SkillsAsync(IRows rows, Id centerId) => rows.ListAsync(ListSkills, new InCenter(centerId));

    public Task<List<Qualification>> QualificationsAsync(Id centerId) => QualificationsAsync(database, centerId);

    public Task<List<Qualification>> QualificationsAsync(IRows rows, Id centerId) => rows.ListAsync(ListQualifications, new InCenter(centerId));

    /// <summary>Who holds what counts as what, in a center. Remembered for a second, because every run of matching asks.</summary>
    public async Task<SkillTree> SkillTreeAsync(Id centerId)
    {
        if (_trees.TryGetValue(centerId, out var found) && clock.Source.GetElapsedTime(found.ReadAt) < Memory)
        {
            return found.Tree;
        }

        var readAt = clock.Source.GetTimestamp();
        var tree = SkillTree.Of((await SkillsAsync(centerId)).Select(skill => new SkillNode(skill.Id, skill.ParentId))).Value;
        _trees[centerId] = new Remembered(tree, readAt);
        return tree;
    }

    public Task<MenuItem?> MenuItemAsync(Id id) => MenuItemAsync(database, id);

    public async Task<MenuItem?> MenuItemAsync(IRows rows, Id id) =>
        await rows.FirstAsync(FindItem, new ById(id)) is { } item ? (await WithDemandsAsync(rows, [item]))[0] : null;

    /// <summary>The whole menu of a center by code, retired items among them.</summary>
    public async Task<List<MenuItem>> MenuAsync(Id centerId) =>
        await WithDemandsAsync(database, await database.ListAsync(ListItems, new InCenter(centerId)));

    private static async Task<List<MenuItem>> WithDemandsAsync(IRows rows, List<MenuItem> items)
    {
        var ids = new ByIds(items.ConvertAll(item => item.Id.ToBytes()));
        var skills = (await rows.ListAsync(SkillsOf, ids)).ToLookup(row => row.MenuItemId, row => new HeldSkill(row.SkillId, row.Level));
        var qualifications = (await rows.ListAsync(QualificationsOf, ids)).ToLookup(row => row.MenuItemId, row => row.QualificationId);
        return items.ConvertAll(item => item with { Skills = [.. skills[item.Id]], Qualifications = [.. qualifications[item.Id]] });
    }

    private sealed record InCenter(Id CenterId);

    private sealed record Remembered(SkillTree Tree, long ReadAt);

    private sealed record ItemSkill
    {
        public Id MenuItemId { get; init; }

        public Id SkillId { get; init; }

        public int Level { get; init; }
    }

    private sealed record ItemQualification
    {
        public Id MenuItemId { get; init; }

        public Id QualificationId { get; init; }
    }
}
