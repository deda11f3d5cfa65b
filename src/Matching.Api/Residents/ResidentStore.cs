using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Residents;

/// <summary>Residents, and who may ask for whom.</summary>
public sealed partial class ResidentStore(Database database, Vault vault)
{
    private static readonly Sql<ById, Resident> ById = new(
        """
        SELECT id, version, account_id, center_id, site_id, path, name, name_sort, gender, birth_year, languages, phone_sealed, address_sealed, lat, lng,
            accuracy_m, created_at, forgotten_at
        FROM residents WHERE id = @Id AND forgotten_at IS NULL
        """);

    private static readonly Sql<ProxyKey, ProxyRow> FindProxy = new(
        "SELECT account_id FROM resident_proxies WHERE resident_id = @ResidentId AND account_id = @AccountId");

    public Task<Resident?> FindAsync(Id id) => FindAsync(database, id);

    public Task<Resident?> FindAsync(IRows rows, Id id) => rows.FirstAsync(ById, new ById(id));

    /// <summary>The resident, when the caller may ask for them; null when there is none or the caller may not, which look the same.</summary>
    public Task<Resident?> MayAskForAsync(Caller caller, Id residentId) => MayAskForAsync(database, caller, residentId);

    /// <summary>
    /// May ask: the resident's own account, whoever the resident or a clerk named as proxy, a grid worker or clerk with the proxy's role at a site above,
    /// and staff within their reach.
    /// </summary>
    public async Task<Resident?> MayAskForAsync(IRows rows, Caller caller, Id residentId)
    {
        if (caller.IsNobody || await FindAsync(rows, residentId) is not { } resident)
        {
            return null;
        }

        return resident.AccountId == caller.AccountId
            || LooksAfter(caller, resident.Path)
            || await rows.FirstAsync(FindProxy, new ProxyKey(residentId, caller.AccountId)) is not null
            ? resident
            : null;
    }

    /// <summary>Staff, grid workers and clerks who hold a role at the site or above it.</summary>
    public static bool LooksAfter(Caller caller, string path) => caller.Reach.Covers(path)
        || (caller.Role == Role.Proxy && caller.SitePath.Length > 0 && path.StartsWith(caller.SitePath, StringComparison.Ordinal));

    /// <summary>The resident herself, and who looks after her, say who else may ask for her.</summary>
    public static bool MayEntrust(Caller caller, Resident resident) =>
        (!caller.IsNobody && resident.AccountId == caller.AccountId) || LooksAfter(caller, resident.Path);

    private sealed record ProxyKey(Id ResidentId, Id AccountId);

    private sealed record ProxyRow
    {
        public Id AccountId { get; init; }
    }
}
