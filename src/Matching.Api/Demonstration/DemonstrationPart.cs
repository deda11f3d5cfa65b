using Matching.Api.Demonstration.Life;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Matching.Api.Demonstration;

/// <summary>
/// The part of the start that shows a newcomer around. Development only; <c>Demonstration:Seed</c> (true unless set) turns it off, and
/// <c>Demonstration:Life</c> (false unless set) lets people live in the county.
/// </summary>
public static class DemonstrationPart
{
    public static void AddDemonstration(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("Demonstration").Get<LifeSettings>() ?? new LifeSettings();
        builder.Services.AddSingleton(settings);
        if (settings.Life && builder.Environment.IsDevelopment())
        {
            builder.Services.AddHostedService<CountyLife>();
        }
    }

    /// <summary>Fills an empty database with a county, and says where things are once the service listens.</summary>
    public static async Task SeedDemonstrationAsync(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment() || !app.Configuration.GetValue("Demonstration:Seed", true))
        {
            return;
        }

        await app.Services.GetRequiredService<DemonstrationCounty>().SeedAsync(CancellationToken.None);
        app.Lifetime.ApplicationStarted.Register(() => Welcome(app));
    }

    private static void Welcome(WebApplication app)
    {
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";
        Console.WriteLine(
            $"""
            Matching 点单派单 · {address}
              Board    {address}/board
              API      {address}/swagger
              Health   {address}/health/live   {address}/health/ready
              Logins   resident proxy volunteer captain curator dispatcher siteadmin centeradmin platformadmin
                       password {DemonstrationCounty.Password}   (POST /api/v1/auth/tokens)
            """);
    }
}
