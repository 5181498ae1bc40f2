namespace Presence.Engine;

/// <summary>The product cannot start, for a reason the operator can remove. The message is complete: what, where and the way out.</summary>
/// <remarks>A refusal is an answer and not a fault, so its text form is the message alone, without a stack trace.</remarks>
public sealed class StartupException : Exception
{
    public StartupException()
    {
    }

    public StartupException(string message)
        : base(message)
    {
    }

    public StartupException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <inheritdoc/>
    public override string ToString() => Message;
}
