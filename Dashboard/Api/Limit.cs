namespace Presence.Dashboard.Api;

/// <summary>One number that a caller may not pass. All stand in <see cref="Limits"/>.</summary>
/// <param name="Name">What is limited.</param>
/// <param name="Value">The number; for a configurable one its default.</param>
/// <param name="Unit">What is counted.</param>
/// <param name="AppliesTo">Where.</param>
internal sealed record Limit(string Name, long Value, string Unit, string AppliesTo)
{
    /// <summary>What is answered beyond it; null where <see cref="Otherwise"/> says what happens instead.</summary>
    public ApiError? Error { get; init; }

    /// <summary>What happens beyond it where no error of the API is answered.</summary>
    public string? Otherwise { get; init; }

    /// <summary>The key that sets it, below <c>Presence__Limits__</c>; null for a fixed one.</summary>
    public string? Key { get; init; }

    /// <summary>What happens beyond it, for people.</summary>
    public string Beyond => Error is null ? Otherwise ?? "" : $"{Error.Status}, code {Error.Code}";
}
