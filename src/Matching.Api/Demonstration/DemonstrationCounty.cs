using Matching.Api.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;

namespace Matching.Api.Demonstration;

/// <summary>
/// A county to try things in, of the shape of 武陵源: a center, six institutes, 33 stations, 600 volunteers, forty teams, 300 residents. The same each time,
/// but for the ids. Written in one transaction: a process that dies on the way leaves nothing.
/// </summary>
[Shared]
public sealed class DemonstrationCounty(Database database, CountyTools tools)
{
    /// <summary>Of every login. Development only.</summary>
    public const string Password = "wulingyuan-demo";

    private static readonly Sql<Nothing, CountRow> CountSites = new("SELECT COUNT(id) AS number FROM sites");

    /// <summary>Writes the county into an empty database; false when there is a site already.</summary>
    public async Task<bool> SeedAsync(CancellationToken ct)
    {
        if ((await database.FirstAsync(CountSites, Nothing.It))!.Number > 0)
        {
            return false;
        }

        // Slow on purpose, so outside of the write; one hash for all, as they have one password.
        var passwordHash = Passwords.Hash(Password);
        return await database.WriteAsync(
            async tx =>
            {
                // Asked again: of two processes that start together, the second finds the county there.
                if ((await tx.FirstAsync(CountSites, Nothing.It))!.Number > 0)
                {
                    return false;
                }

                await new CountyWriting(tools, tx, passwordHash).WriteAsync();
                return true;
            },
            ct);
    }

    private sealed record CountRow
    {
        public int Number { get; init; }
    }
}
