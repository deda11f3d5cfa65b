using System.Reflection;
using FluentValidation;
using Matching.Api.Accounts;
using Matching.Api.Changes;
using Matching.Api.Messages;
using Matching.Api.Operations;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.Plumbing.Nodes;
using Matching.Api.Plumbing.Outbox;
using Matching.Api.Webhooks;
using Matching.Api.WeChat;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace Matching.Api.Plumbing;

/// <summary>The parts that Program lists, one method a part.</summary>
public static class Parts
{
    public static void AddClocks(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(_ => new MachineClock(TimeProvider.System));
        var clock = new FieldClockSettings(builder.Environment.IsDevelopment());
        builder.Services.AddSingleton(clock with { Memory = builder.Configuration.GetValue("FieldClock:Memory", clock.Memory) });
        builder.Services.AddSingleton<FieldClock>();
        builder.Services.AddSingleton<TimeProvider>(services => services.GetRequiredService<FieldClock>());
        // Ids carry the machine's time: they must grow even while the field clock stands.
        builder.Services.AddSingleton(services => new Ids(services.GetRequiredService<MachineClock>().Source));
    }

    public static void AddDatabase(this WebApplicationBuilder builder)
    {
        var settings = DatabaseSettings.From(builder.Configuration, builder.Environment.ContentRootPath);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(DatabaseEngine.From(settings));
        builder.Services.AddSingleton<Database.Database>();
        builder.Services.AddSingleton<Migrations>();
        builder.Services.AddSingleton<ChangePulse>();
        builder.Services.AddSingleton<Timeline>();
        builder.Services.AddSingleton<Reveals>();
        foreach (var shared in Ours(type => type.Name.EndsWith("Store", StringComparison.Ordinal) || type.IsDefined(typeof(SharedAttribute), false)))
        {
            builder.Services.AddSingleton(shared);
        }
    }

    public static void AddIdentity(this WebApplicationBuilder builder)
    {
        var vault = builder.Configuration.GetSection("Vault").Get<VaultSettings>() ?? new VaultSettings();
        var tokens = builder.Configuration.GetSection("Tokens").Get<TokenSettings>() ?? new TokenSettings();
        Secrets.Check(vault, tokens, builder.Environment.IsDevelopment());
        builder.Services.AddSingleton(tokens);
        builder.Services.AddSingleton(new Vault(vault));
        builder.Services.AddSingleton<Tokens>();
        builder.Services.AddSingleton<CallerSource>();
        builder.Services.AddScoped<CallerBox>();
        builder.Services.AddScoped(services => services.GetRequiredService<CallerBox>().Caller);
        builder.Services.AddSingleton(builder.Configuration.GetSection("WeChat").Get<WeChatSettings>() ?? new WeChatSettings());
        builder.Services.AddSingleton(builder.Configuration.GetSection("Codes").Get<CodeSettings>() ?? new CodeSettings());
        KeyRing.Add(builder);
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<MachineClock>((options, clock) => Tokens.Configure(options, tokens, clock));
    }

    public static void AddEndpoints(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 32 * 1024 * 1024;
        });
        builder.Services.AddSingleton<Idempotency>();
        builder.Services.AddSingleton<RateLimits>();
        var messages = builder.Configuration.GetSection("Messages").Get<MessageSettings>() ?? new MessageSettings();
        builder.Services.AddSingleton(messages);
        builder.Services.AddSingleton(typeof(ISmsCarrier), messages.SmsUrl is null ? typeof(FileSmsCarrier) : typeof(HttpSmsCarrier));
        builder.Services.AddSingleton(WebhookSettings.From(builder.Configuration, builder.Environment.IsDevelopment()));
        builder.Services.AddSingleton(builder.Configuration.GetSection("Changes").Get<ChangeSettings>() ?? new ChangeSettings());
        builder.Services.AddScoped<Pipeline>();
        // Singletons, as the full set has them: a validator asks nobody.
        foreach (var found in AssemblyScanner.FindValidatorsInAssembly(Assembly.GetExecutingAssembly()))
        {
            builder.Services.AddSingleton(found.InterfaceType, found.ValidatorType);
        }

        builder.Services.AddDeeds();
    }

    public static void AddJobs(this WebApplicationBuilder builder)
    {
        var add = typeof(JobHost).GetMethod(nameof(JobHost.AddJob))!;
        foreach (var job in Ours(type => type.IsAssignableTo(typeof(IJob))))
        {
            add.MakeGenericMethod(job).Invoke(null, [builder.Services]);
        }

        builder.Services.AddSingleton(builder.Configuration.GetSection("Retention").Get<RetentionSettings>() ?? new RetentionSettings());
        var settings = builder.Configuration.GetSection("Jobs").Get<JobSettings>() ?? new JobSettings();
        settings = settings with { Role = builder.Configuration.GetValue("Nodes:Role", NodeRole.Both) };
        builder.Services.AddSingleton(settings);
        builder.AddJobHost(settings);
    }

    public static async Task MigrateAsync(this WebApplication app) => await app.Services.GetRequiredService<DatabaseEngine>().MigrateAsync(
        app.Services.GetRequiredService<Migrations>(), app.Services.GetRequiredService<MachineClock>().Source, CancellationToken.None);

    private static IEnumerable<Type> Ours(Func<Type, bool> wanted) => Assembly.GetExecutingAssembly().GetTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false } && wanted(type));
}

/// <summary>One instance serves all requests and jobs; it holds nothing of any of them. Stores are shared by their name.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SharedAttribute : Attribute;
