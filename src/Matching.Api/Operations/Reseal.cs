using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Operations;

/// <summary>
/// Seals everything anew that an older key sealed, a page at a time, while the service runs or not. What is current is passed over, so it can be stopped
/// and started again at will. To change the key: put the new one first in <c>Vault:Keys</c> and keep the old one; restart; run this; after a day (kept
/// answers of idempotent requests) take the old one out.
/// </summary>
public sealed class Reseal(Database database, Vault vault)
{
    private const int Page = 200;

    /// <summary>The command <c>reseal</c>.</summary>
    public static async Task<int> RunCommandAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddClocks();
        builder.AddDatabase();
        builder.AddIdentity();
        builder.AddEndpoints();
        builder.AddJobs();
        await using var app = builder.Build();
        await app.MigrateAsync();
        var reseal = new Reseal(app.Services.GetRequiredService<Database>(), app.Services.GetRequiredService<Vault>());
        foreach (var column in SealedColumn.All)
        {
            Console.WriteLine($"{column.Table}.{column.Column}: {await reseal.RunAsync(column, CancellationToken.None)} sealed anew.");
        }

        return 0;
    }

    /// <summary>Seals one column anew and says how many values that were.</summary>
    public async Task<int> RunAsync(SealedColumn column, CancellationToken ct)
    {
        var done = 0;
        List<SealedValue> page;
        var after = Id.None;
        do
        {
            page = await database.ListAsync(column.Read, new SealedPage(after, Page));
            var stale = page.Where(row => !vault.IsCurrent(row.ValueSealed)).Select(row => new NewSeal(row.Id, vault.Seal(vault.Open(row.ValueSealed)), row.ValueSealed)).ToList();
            if (stale.Count > 0)
            {
                done += await database.WriteAsync(tx => WriteAsync(tx, column, stale), ct);
            }

            after = page.Count == 0 ? after : page[^1].Id;
        }
        while (page.Count == Page);

        return done;
    }

    private static async Task<int> WriteAsync(Transaction tx, SealedColumn column, List<NewSeal> seals)
    {
        var rows = 0;
        foreach (var seal in seals)
        {
            rows += await tx.ExecuteAsync(column.Write, seal);
        }

        return rows;
    }
}
