namespace Matching.Api.Plumbing.Health;

/// <summary>A part that has to load something before the service is ready. Found by reflection among the registered singletons.</summary>
public interface IGetsReady
{
    bool IsReady { get; }

    /// <summary>How far it is while it is not ready, for those who wait.</summary>
    string Progress { get; }
}

/// <summary>A part that is still loading was asked. The caller is told to come again.</summary>
public sealed class NotReadyException(Refusal refusal) : Exception(refusal.Code)
{
    public Refusal Refusal => refusal;
}
