using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Docs;

namespace Matching.Api.Plumbing;

/// <summary>What the program does instead of serving, when its first argument says so.</summary>
public static class Commands
{
    /// <summary>The exit code of the command; null when there is none and the service shall start.</summary>
    public static async Task<int?> TryRunAsync(string[] args)
    {
        switch (args)
        {
            case ["api-docs", ..]:
                var folder = Path.Combine(DatabaseSettings.ProjectRoot(Directory.GetCurrentDirectory()), "api-docs");
                await DocsPart.WriteFilesAsync(folder);
                Console.WriteLine($"Wrote {folder}.");
                return 0;
            default:
                return null;
        }
    }
}
