namespace Presence.Engine.Storage;

/// <summary>A cap is reached (rule 14). Nothing was stored.</summary>
public sealed class StoreFullException(string message) : Exception(message);
