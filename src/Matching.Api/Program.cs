using System.Globalization;
using Matching.Api.Accounts;
using Matching.Api.Board;
using Matching.Api.Demonstration;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Docs;
using Matching.Api.Plumbing.Health;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.Plumbing.Nodes;
using Matching.Api.Plumbing.Telemetry;

// Numbers and names read and sort alike on every machine, whatever language it speaks.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

if (await Commands.TryRunAsync(args) is { } code)
{
    return code;
}

var builder = WebApplication.CreateBuilder(args);
builder.AddTelemetry();
builder.AddStartup();
builder.AddClocks();
builder.AddDatabase();
builder.AddIdentity();
builder.AddNodes();
builder.AddBoard();
builder.AddEndpoints();
builder.AddJobs();
builder.AddDocs();
builder.AddHealth();
builder.AddEdge();
builder.AddDemonstration();

var app = builder.Build();
await app.MigrateAsync();
await app.MakeFirstAdminAsync();
await app.SeedDemonstrationAsync();

app.UseEdge();
app.UseTelemetry();
app.UseProblemPages(BoardProblem.TryWriteAsync);
app.UseDocs();
app.UseNodeRole();
app.UseRouting();
app.UseAuthentication();
app.UseCaller();
app.UseBoard();
app.MapHealth();
app.MapJobPages();
app.MapBoard();
app.MapDeeds(DocsPart.Prefix);
return await app.ServeAsync();

/// <summary>The service.</summary>
public partial class Program;
