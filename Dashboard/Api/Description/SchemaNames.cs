namespace Presence.Dashboard.Api.Description;

/// <summary>What documents are called in the description: their type's name, behind that of the document they are part of.</summary>
internal static class SchemaNames
{
    public static string Of(Type type) => type.DeclaringType is { } whole ? Of(whole) + type.Name : type.Name;
}
