namespace Presence.Engine.Storage;

/// <summary>A cap is reached (rule 14). Nothing was stored.</summary>
/// <param name="most">The cap.</param>
/// <param name="message">A sentence with it and the way out, as the API says it.</param>
public sealed class StoreFullException(int most, string message) : Exception(message)
{
    /// <summary>The cap, for whoever words it in another language.</summary>
    public int Most => most;
}
