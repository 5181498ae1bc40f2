namespace Presence.Dashboard.Api;

/// <summary>A document read from a request, or the refusal to answer. Neither for a body that was left out.</summary>
internal readonly struct JsonBody<T>
    where T : class
{
    public JsonBody(T value) => Value = value;

    public JsonBody(ApiRefusal refusal) => Refusal = refusal;

    public T? Value { get; }

    public ApiRefusal? Refusal { get; }
}
