using FluentValidation;
using Matching.Accounts;
using Matching.Api.Catalog;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Sites;

namespace Matching.Api.Imports;

/// <summary>A site that stands in a file, and the site under which it comes to stand.</summary>
public sealed record ImportedSite(Site Site, Site Parent);

/// <summary>Files of sites. A site may stand under another of the same file that stands above it there.</summary>
[Shared]
public sealed class SiteRows(
    SiteStore sites, CatalogStore catalog, PolicyStore policies, IValidator<CreateSiteRequest> shape, Timeline timeline, Ids ids, Vault vault, TimeProvider clock)
{
    private const int UsualRadiusM = 5_000;

    public async Task<IImportRows<ImportedSite>> BeginAsync(Import import)
    {
        var ground = await ImportGround.ReadAsync(import, sites, catalog, policies, clock.GetUtcNow());
        return new OfOneFile(this, import, ground.SitesById.Values);
    }

    private ImportedSite? Read(Cells cells, Site? parent)
    {
        var kind = cells.Word<SiteKind>("kind");
        var place = cells.Place();
        var request = new CreateSiteRequest(
            kind ?? SiteKind.Station, parent?.Id, cells.Text("name"), place!, cells.Whole("radiusM") ?? UsualRadiusM, null,
            cells.OrNull("responsibleName"), cells.OrNull("responsiblePhone"));
        cells.Wrong(shape.Validate(request));
        if (kind is null)
        {
            cells.Wrong("kind", Refusals.FieldMissing);
        }

        if (place is null)
        {
            cells.Wrong("lat", Refusals.FieldMissing);
        }

        if (parent is not null && kind is { } known && SiteRules.CheckParent(known, parent.Kind) is { } wrong)
        {
            cells.Wrong("parent", wrong);
        }

        if (parent is null || cells.Problems.Count > 0)
        {
            return null;
        }

        var id = ids.Next(IdKind.Site);
        var read = place!.Read().Value;
        return new ImportedSite(
            new Site
            {
                Id = id,
                Version = 1,
                Kind = request.Kind,
                ParentId = parent.Id,
                CenterId = parent.CenterId,
                Path = SiteStore.PathUnder(parent, id),
                Name = request.Name,
                Lat = read.Lat,
                Lng = read.Lng,
                AccuracyM = read.AccuracyM,
                RadiusM = request.RadiusM,
                ResponsibleName = request.ResponsibleName,
                ResponsiblePhoneSealed = request.ResponsiblePhone is { } phone ? vault.Seal(PhoneNumber.Read(phone).Value) : null,
                CreatedAt = clock.GetUtcNow(),
            },
            parent);
    }

    private async Task<IReadOnlyList<(int Line, Refusal Refusal)>> SettleAsync(
        Transaction tx, Import import, IReadOnlyList<(int Line, ImportedSite Item)> fit, Actor actor)
    {
        var problems = new List<(int Line, Refusal Refusal)>();
        if (import.DryRun)
        {
            return problems;
        }

        foreach (var (line, (site, parent)) in fit)
        {
            // It keeps everybody else off the sites below it too, so that a name that is free now stays free until we are done.
            if (!await sites.HoldAsync(tx, parent))
            {
                problems.Add((line, Refusals.SiteUnknown.At("parent")));
            }
            else if (await sites.IsNamedAsync(tx, parent.Id, site.Name))
            {
                problems.Add((line, Refusals.ImportSiteKnown.At("name")));
            }
            else
            {
                await sites.InsertAsync(tx, site);
                await timeline.AddAsync(tx, site.Id, null, "Open", nameof(TakeImportFile), actor, import.Id.ToString());
            }
        }

        return problems;
    }

    private sealed class OfOneFile : IImportRows<ImportedSite>
    {
        private readonly SiteRows _rows;
        private readonly Import _import;
        private readonly Dictionary<string, Site> _byId = [];
        private readonly Dictionary<string, List<Site>> _byName = [];
        private readonly HashSet<(Id Parent, string Name)> _taken = [];

        public OfOneFile(SiteRows rows, Import import, IEnumerable<Site> known)
        {
            (_rows, _import) = (rows, import);
            foreach (var site in known)
            {
                Remember(site);
            }
        }

        public IReadOnlyList<ImportColumn> Columns { get; } =
        [
            new("name", "名称", Needed: true), new("kind", "类型", Needed: true), new("parent", "上级站点"), new("lat", "纬度", Needed: true), new("lng", "经度", Needed: true),
            new("datum", "坐标系"), new("radiusM", "服务半径"), new("responsibleName", "负责人"), new("responsiblePhone", "负责人电话"),
        ];

        public ImportedSite? Read(Cells cells)
        {
            var parent = Parent(cells);
            var read = _rows.Read(cells, parent);
            if (parent is not null && _taken.Contains((parent.Id, Folded.Of(cells.Text("name")))))
            {
                cells.Wrong("name", Refusals.ImportSiteKnown);
                return null;
            }

            if (read is not null)
            {
                Remember(read.Site);
            }

            return read;
        }

        public Task<IReadOnlyList<(int Line, Refusal Refusal)>> SettleAsync(Transaction tx, IReadOnlyList<(int Line, ImportedSite Item)> fit, Actor actor) =>
            _rows.SettleAsync(tx, _import, fit, actor);

        // By id or name; the site of the import where nothing is said.
        private Site? Parent(Cells cells)
        {
            var typed = cells.OrNull("parent") ?? _import.SiteId.ToString();
            if (_byId.TryGetValue(typed, out var byId))
            {
                return byId;
            }

            var named = _byName.GetValueOrDefault(Folded.Of(typed)) ?? [];
            if (named.Count != 1)
            {
                cells.Wrong("parent", named.Count == 0 ? Refusals.SiteUnknown : Refusals.ImportSiteAmbiguous);
                return null;
            }

            return named[0];
        }

        private void Remember(Site site)
        {
            var name = Folded.Of(site.Name);
            _byId[site.Id.ToString()] = site;
            if (!_byName.TryGetValue(name, out var named))
            {
                _byName[name] = named = [];
            }

            named.Add(site);
            if (site.ParentId is { } parent)
            {
                _taken.Add((parent, name));
            }
        }
    }
}
