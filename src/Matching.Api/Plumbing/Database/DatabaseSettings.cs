namespace Matching.Api.Plumbing.Database;

/// <summary>Where the rows are kept.</summary>
public sealed record DatabaseSettings
{
    /// <summary>Sqlite (embedded, the default) or SqlServer.</summary>
    public string Engine { get; init; } = "Sqlite";

    /// <summary>SQLite: the file; relative to the project's root, never to the folder one happens to stand in.</summary>
    public string File { get; init; } = "data/matching.db";

    /// <summary>SQL Server: the connection string.</summary>
    public string ConnectionString { get; init; } = "";

    public static DatabaseSettings From(IConfiguration configuration, string contentRoot)
    {
        var settings = configuration.GetSection("Database").Get<DatabaseSettings>() ?? new DatabaseSettings();
        return settings with { File = Path.GetFullPath(settings.File, ProjectRoot(contentRoot)) };
    }

    // The folder that holds Matching.sln, or the content root of a published service.
    internal static string ProjectRoot(string contentRoot)
    {
        for (var folder = new DirectoryInfo(contentRoot); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Matching.sln")))
            {
                return folder.FullName;
            }
        }

        return contentRoot;
    }
}
