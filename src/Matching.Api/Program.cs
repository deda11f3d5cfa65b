using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

var builder = WebApplication.CreateBuilder(args);
builder.AddClocks();
builder.AddDatabase();
builder.AddIdentity();
builder.AddEndpoints();
builder.AddJobs();

var app = builder.Build();
await app.MigrateAsync();

app.UseProblemPages();
app.UseRouting();
app.UseAuthentication();
app.UseCaller();
app.MapDeeds("/api/v1");
app.Run();

/// <summary>The service.</summary>
public partial class Program;
