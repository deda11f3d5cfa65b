using FluentValidation;
using Matching.Api.Catalog;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Orders;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Api.Imports;

/// <summary>Files of items for a center's menu.</summary>
[Shared]
public sealed class MenuItemRows(CatalogStore catalog, IValidator<CreateMenuItemRequest> shape, Ids ids)
{
    public async Task<IImportRows<MenuItem>> BeginAsync(Import import) => new OfOneFile(
        this,
        import,
        ByCode((await catalog.SkillsAsync(import.CenterId)).Where(skill => skill.RetiredAt is null), skill => skill.Code, skill => (skill.CenterId, skill.Id)),
        ByCode((await catalog.QualificationsAsync(import.CenterId)).Where(one => one.RetiredAt is null), one => one.Code, one => (one.CenterId, one.Id)));

    // A center's own goes before the common one of the same code.
    private static Dictionary<string, Id> ByCode<T>(IEnumerable<T> all, Func<T, string> code, Func<T, (Id? CenterId, Id Id)> of) => all.GroupBy(code)
        .ToDictionary(group => group.Key, group => group.Select(of).OrderBy(one => one.CenterId is null).First().Id, StringComparer.OrdinalIgnoreCase);

    private async Task<IReadOnlyList<(int Line, Refusal Refusal)>> SettleAsync(
        Transaction tx, Import import, IReadOnlyList<(int Line, MenuItem Item)> fit)
    {
        var taken = await catalog.CodesAsync(tx, import.CenterId);
        var problems = new List<(int Line, Refusal Refusal)>();
        foreach (var (line, item) in fit)
        {
            if (taken.Contains(item.Code))
            {
                problems.Add((line, Refusals.CodeTaken.At("code")));
            }
            else if (!import.DryRun)
            {
                await catalog.InsertAsync(tx, item);
            }
        }

        return problems;
    }

    private sealed class OfOneFile(MenuItemRows rows, Import import, Dictionary<string, Id> skills, Dictionary<string, Id> qualifications) : IImportRows<MenuItem>
    {
        private readonly HashSet<string> _seen = [];

        public IReadOnlyList<ImportColumn> Columns { get; } =
        [
            new("code", "编码", Needed: true), new("category", "类别", Needed: true), new("nameZh", "中文名称", Needed: true), new("nameEn", "英文名称", Needed: true),
            new("minutes", "分钟", Needed: true), new("risk", "风险", Needed: true), new("peopleWanted", "需要人数"), new("peopleNeeded", "最少人数"), new("urgency", "紧急程度"),
            new("mode", "派单方式"), new("aboutZh", "中文说明"), new("aboutEn", "英文说明"), new("minorsAllowed", "未成年人可参加"), new("needsCuration", "需要制单"),
            new("insuranceNeeded", "需要保险"), new("mayAskGender", "可选性别"), new("mayAskLanguage", "可选语言"), new("skills", "技能"), new("qualifications", "资质"),
        ];

        public MenuItem? Read(Cells cells)
        {
            var category = Needed<TeamCategory>(cells, "category");
            var risk = Needed<Risk>(cells, "risk");
            if (cells.OrNull("minutes") is null)
            {
                cells.Wrong("minutes", Refusals.FieldMissing);
            }

            var wanted = cells.Whole("peopleWanted") ?? 1;
            var asked = cells.Skills("skills", skills);
            if (asked.DistinctBy(skill => skill.SkillId).Count() < asked.Count)
            {
                cells.Wrong("skills", Refusals.SkillTwice);
            }

            var request = new CreateMenuItemRequest(
                cells.Text("code"),
                new MenuItemText(
                    category, cells.Text("nameZh"), cells.Text("nameEn"), cells.Whole("minutes") ?? 60, wanted, cells.Whole("peopleNeeded") ?? wanted, risk,
                    cells.Word<Urgency>("urgency") ?? Urgency.Normal, cells.Word<DispatchMode>("mode") ?? DispatchMode.Wave, cells.OrNull("aboutZh"), cells.OrNull("aboutEn"),
                    cells.YesNo("minorsAllowed"), cells.YesNo("needsCuration", none: true), cells.YesNo("insuranceNeeded"), cells.YesNo("mayAskGender"),
                    cells.YesNo("mayAskLanguage"), [.. asked.Select(skill => new SkillDemand(skill.SkillId, skill.Level))],
                    cells.Codes("qualifications", qualifications, Refusals.QualificationUnknown)));
            cells.Wrong(rows.Check(request));
            if (cells.Problems.Count > 0)
            {
                return null;
            }

            if (!_seen.Add(request.Code))
            {
                cells.Wrong("code", Refusals.CodeTaken);
                return null;
            }

            return request.Item.WrittenOn(rows.New(import.CenterId, request.Code));
        }

        public Task<IReadOnlyList<(int Line, Refusal Refusal)>> SettleAsync(Transaction tx, IReadOnlyList<(int Line, MenuItem Item)> fit, Actor actor) =>
            rows.SettleAsync(tx, import, fit);

        private static TEnum Needed<TEnum>(Cells cells, string column)
            where TEnum : struct, Enum
        {
            if (cells.Word<TEnum>(column) is { } word)
            {
                return word;
            }

            cells.Wrong(column, Refusals.FieldMissing);
            return default;
        }
    }

    private FluentValidation.Results.ValidationResult Check(CreateMenuItemRequest request) => shape.Validate(request);

    private MenuItem New(Id centerId, string code) => new() { Id = ids.Next(IdKind.MenuItem), Version = 1, CenterId = centerId, Code = code };
}
