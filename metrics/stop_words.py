"""Words that name nothing. Negations are among them: they tell how, not what about."""

ENGLISH = frozenset((
    "a", "about", "after", "again", "all", "also", "always", "am", "an", "and", "any", "are", "as",
    "at", "be", "because", "been", "before", "being", "both", "but", "by", "can", "could", "did", "do",
    "does", "doing", "don't", "down", "during", "each", "else", "even", "ever", "every", "few", "for",
    "from", "get", "got", "had", "has", "have", "having", "he", "her", "here", "him", "his", "how", "i",
    "if", "in", "into", "is", "isn't", "it", "it's", "its", "just", "me", "more", "most", "much", "my",
    "never", "no", "nor", "not", "now", "of", "off", "on", "once", "only", "or", "other", "our", "out",
    "over", "own", "really", "same", "she", "should", "so", "some", "still", "such", "than", "that",
    "the", "their", "them", "then", "there", "these", "they", "thing", "this", "those", "through", "to",
    "too", "under", "until", "up", "us", "very", "was", "wasn't", "we", "were", "what", "when", "where",
    "which", "while", "who", "why", "will", "with", "won't", "would", "you", "your",
))  # fmt: skip
CHINESE = frozenset((
    "的", "了", "是", "我", "我们", "你", "你们", "他", "她", "它", "很", "都", "也", "就", "才", "和",
    "与", "在", "有", "不", "没", "没有", "这", "这个", "那", "那个", "一", "一个", "个", "还", "还是",
    "又", "会", "太", "非常", "比", "跟", "总是", "吧", "吗", "呢", "啊", "得", "地", "着", "过", "被",
    "把", "给", "让", "对", "但", "但是", "因为", "所以", "如果", "已经", "可以", "就是", "真的",
    "有点", "比较", "挺", "真", "马上",
))  # fmt: skip
# By one of these a text is told to be English.
FUNCTION = frozenset((
    "the", "and", "is", "was", "it", "to", "of", "for", "not", "very", "in", "with", "my", "but", "are",
    "this", "that",
))  # fmt: skip
