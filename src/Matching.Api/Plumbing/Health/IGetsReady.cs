namespace Matching.Api.Plumbing.Health;

/// <summary>A part that has to load something before the service is ready. Found by reflection among the registered singletons.</summary>
public interface IGetsReady
{
    bool IsReady { get; }
}
