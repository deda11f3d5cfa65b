// A double: signatures only, of the few members of Hangfire 1.8 that the service uses.
using System.Linq.Expressions;

namespace Hangfire;

public enum CompatibilityLevel
{
    Version_180 = 180,
}

public interface IGlobalConfiguration;

public sealed class BackgroundJobServerOptions
{
    public TimeSpan SchedulePollingInterval { get; set; }
}

public interface IRecurringJobManager;

public static class RecurringJobManagerExtensions
{
    public static void AddOrUpdate<T>(this IRecurringJobManager manager, string recurringJobId, Expression<Func<T, Task>> methodCall, string cronExpression) =>
        throw new NotSupportedException();
}

public static class GlobalConfigurationExtensions
{
    public static IGlobalConfiguration SetDataCompatibilityLevel(this IGlobalConfiguration configuration, CompatibilityLevel compatibilityLevel) =>
        throw new NotSupportedException();

    public static IGlobalConfiguration UseSimpleAssemblyNameTypeSerializer(this IGlobalConfiguration configuration) => throw new NotSupportedException();

    public static IGlobalConfiguration UseRecommendedSerializerSettings(this IGlobalConfiguration configuration) => throw new NotSupportedException();

    public static IGlobalConfiguration UseInMemoryStorage(this IGlobalConfiguration configuration) => throw new NotSupportedException();

    public static IGlobalConfiguration UseSqlServerStorage(this IGlobalConfiguration configuration, string nameOrConnectionString) =>
        throw new NotSupportedException();
}

public static class HangfireServiceCollectionExtensions
{
    public static IServiceCollection AddHangfire(this IServiceCollection services, Action<IGlobalConfiguration> configuration) => throw new NotSupportedException();

    public static IServiceCollection AddHangfireServer(this IServiceCollection services, Action<BackgroundJobServerOptions> optionsAction) =>
        throw new NotSupportedException();
}

public static class HangfireEndpointRouteBuilderExtensions
{
    public static IEndpointConventionBuilder MapHangfireDashboardWithAuthorizationPolicy(
        this IEndpointRouteBuilder endpoints, string authorizationPolicyName, string pattern) => throw new NotSupportedException();
}
