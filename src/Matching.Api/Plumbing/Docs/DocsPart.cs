using Matching.Api.Plumbing.Http;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;

namespace Matching.Api.Plumbing.Docs;

/// <summary>The API's description: its document and the pages that show it.</summary>
public static class DocsPart
{
    public const string Prefix = "/api/v1";

    public static void AddDocs(this WebApplicationBuilder builder)
    {
        var development = builder.Environment.IsDevelopment();
        builder.Services.AddSingleton<ISwaggerProvider>(_ => new ApiDocument([.. Deeds.All.Where(deed => development || !deed.DevelopmentOnly)], Prefix));
    }

    public static void UseDocs(this WebApplication app)
    {
        app.UseSwagger(options => options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1);
        app.UseSwaggerUI(options =>
        {
            options.SwaggerEndpoint($"/swagger/{ApiDocument.Name}/swagger.json", "Matching " + ApiDocument.Name);
            options.DocumentTitle = "Matching 点单派单";
            options.EnablePersistAuthorization();
            options.DisplayOperationId();
        });
    }

    /// <summary>Writes api-docs anew: the description and the table of refusals.</summary>
    public static async Task WriteFilesAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "openapi.json"), await new ApiDocument(Deeds.All, Prefix).WriteAsync());
        await File.WriteAllTextAsync(Path.Combine(folder, "refusals.md"), RefusalTable.Write(Deeds.All));
    }
}
