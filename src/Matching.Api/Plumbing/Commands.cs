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
            case ["words", var tag] when Http.Languages.BuiltIn.Find(tag) is { } language:
                return Tell(null, Http.Languages.Template(language));
            case ["words", ..]:
                return Tell("Say which language to begin with: words zh-CN, or words en", "");
            case ["backup", var file, .. var rest]:
                return Tell(Backup.Take(Settings(), Full(file), rest.Contains("--force")), $"Copied the database to {Full(file)}.");
            case ["restore", var file, .. var rest]:
                return Tell(Backup.Restore(Settings(), Full(file), rest.Contains("--force")), $"Put {Full(file)} in the database's place.");
            case ["backup" or "restore"]:
                return Tell($"Say which file: {args[0]} <file> [--force]", "");
            case ["reseal", ..]:
                return await Operations.Reseal.RunCommandAsync(args);
            default:
                return null;
        }
    }

    private static DatabaseSettings Settings()
    {
        var builder = WebApplication.CreateBuilder();
        return DatabaseSettings.From(builder.Configuration, builder.Environment.ContentRootPath);
    }

    // Like the database itself: relative to the project's root, never to the folder one happens to stand in.
    private static string Full(string file) => Path.GetFullPath(file, DatabaseSettings.ProjectRoot(Directory.GetCurrentDirectory()));

    private static int Tell(string? problem, string done)
    {
        if (problem is not null)
        {
            Console.Error.WriteLine(problem);
            return 1;
        }

        Console.WriteLine(done);
        return 0;
    }
}
