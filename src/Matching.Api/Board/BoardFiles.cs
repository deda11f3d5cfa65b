using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;

namespace Matching.Api.Board;

/// <summary>The board's style sheet and script, out of the program itself; their address holds their hash, so that a browser may keep them for ever.</summary>
public static class BoardFiles
{
    private static readonly FrozenDictionary<string, Asset> All = Read();

    public static string Address(string name) => $"{BoardPart.Prefix}/assets/{All[name].Version}/{name}";

    public static string Text(string name) => System.Text.Encoding.UTF8.GetString(All[name].Content);

    public static async Task ServeAsync(HttpContext context, string version, string name)
    {
        if (!All.TryGetValue(name, out var asset) || name.EndsWith(".json", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = name.EndsWith(".css", StringComparison.Ordinal) ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
        context.Response.Headers.CacheControl = version == asset.Version ? "public, max-age=31536000, immutable" : "no-cache";
        await context.Response.Body.WriteAsync(asset.Content, context.RequestAborted);
    }

    private static FrozenDictionary<string, Asset> Read()
    {
        const string Folder = "board/";
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).ToFrozenDictionary(
            name => name[Folder.Length..],
            name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                var content = new byte[stream.Length];
                stream.ReadExactly(content);
                return new Asset(content, Convert.ToHexStringLower(SHA256.HashData(content))[..12]);
            });
    }

    private sealed record Asset(byte[] Content, string Version);
}
