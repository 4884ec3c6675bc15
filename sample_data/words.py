"""Names and sentences of the sample shop. People and firms are made up."""

from __future__ import annotations

GIVEN = (
    "Wei", "Mei", "Jun", "Li", "Hui", "Aisha", "Farid", "Siti", "Arun", "Priya", "Ken", "Grace", "Daniel",
    "Joyce", "Nok", "Somchai", "Dewi", "Budi", "Chen", "Yan", "Marcus", "Elaine", "Hana", "Ravi", "Xin",
    "Ting", "Alan", "Ivy",
)  # fmt: skip
FAMILY = (
    "Tan", "Lim", "Lee", "Ng", "Wong", "Chan", "Goh", "Chua", "Lin", "Huang", "Rahman", "Ismail",
    "Kumar", "Nair", "Srisai", "Wijaya", "Santoso", "Ho", "Koh", "Teo", "Cheung", "Lau", "Yeh", "Hsu",
)  # fmt: skip
PRODUCTS = (  # four for each subcategory, in the order of CATEGORIES
    ("Earbuds", "Headphones", "Speaker", "Soundbar"),
    ("Fast charger", "Power bank", "Cable set", "Charging dock"),
    ("Smart plug", "Door camera", "Light strip", "Air sensor"),
    ("Wok", "Rice cooker", "Knife set", "Steamer"),
    ("Duvet cover", "Pillow", "Bamboo sheets", "Mattress topper"),
    ("Table lamp", "Wall clock", "Vase", "Floor mat"),
    ("Linen shirt", "Polo", "T-shirt", "Blouse"),
    ("Sneakers", "Sandals", "Loafers", "Boots"),
    ("Tote bag", "Backpack", "Sling bag", "Wallet"),
    ("Sunscreen", "Serum", "Face mask", "Moisturiser"),
    ("Lipstick", "Cushion foundation", "Eyeliner", "Blush"),
    ("Shampoo", "Hair oil", "Hair dryer", "Conditioner"),
    ("Yoga mat", "Leggings", "Foam roller", "Yoga block"),
    ("Running shoes", "Running belt", "Sport watch", "Running shorts"),
    ("Tent", "Camping stove", "Head lamp", "Water bottle"),
    ("Jigsaw", "Logic cube", "Wooden puzzle", "Memory game"),
    ("Train set", "Castle set", "Robot kit", "Space set"),
    ("Panda", "Bunny", "Otter", "Dino"),
    ("Oolong tea", "Jasmine tea", "Pu-erh tea", "Matcha"),
    ("Seaweed crisps", "Cashew mix", "Mango slices", "Rice crackers"),
    ("Coffee beans", "Drip bags", "Cold brew", "White coffee"),
    ("Dog bed", "Dog treats", "Leash", "Dog toy"),
    ("Cat tree", "Cat litter", "Scratcher", "Cat treats"),
    ("Filter pump", "Aquarium lamp", "Fish food", "Plant set"),
)
SEARCHES = tuple(group[0].lower() for group in PRODUCTS)
UNMET = ("air fryer oven", "electric scooter", "baby stroller", "mechanical keyboard", "奶瓶", "咖啡机")
MERCHANT_FIRST = (
    "Orchid", "Bayfront", "Jade", "Lantern", "Summit", "Coral", "Maple", "Sunrise", "Golden", "Pacific",
    "Little",     "Evergreen", "Silk", "Monsoon", "North", "Tangerine", "Blue", "Harvest", "Star", "Willow",
)  # fmt: skip
MERCHANT_LAST = ("Trading", "House", "Studio", "Goods", "Supply", "Living", "Works")
PARTNERS = ("Glow Collective", "Studio Kiwi", "Still Point Studios", "Osmanthus Tea House", "Coupon Corner")
OPENINGS = ("How to choose", "Five ideas for", "Behind the scenes:", "Our customers on", "New this week:")
AGENTS = tuple(f"Agent {number:02d}" for number in range(1, 13))

# What people write, by (topic, good) and language: (English sentences, Chinese sentences).
COMMENTS: dict[tuple[str, bool], tuple[tuple[str, ...], tuple[str, ...]]] = {
    ("quality", True): (
        ("Great quality, better than the photos.", "Well made and feels solid.", "Love it, would buy again."),
        ("质量很好，比图片还好看。", "做工扎实，很满意。", "用了一周，非常喜欢，会回购。"),
    ),
    ("quality", False): (
        ("Broke after two weeks.", "The material feels cheap.", "Not as described, disappointed."),
        ("用了两周就坏了。", "材质很廉价。", "跟描述不符，很失望。"),
    ),
    ("delivery", True): (
        ("Arrived a day early.", "Fast delivery and neat packaging.", "Delivery was quick."),
        ("物流很快，提前一天到。", "包装很好，送货快。", "快递小哥态度好。"),
    ),
    ("delivery", False): (
        (
            "Parcel came almost a week late.",
            "Delivery took far too long.",
            "No update from the courier for days.",
        ),
        ("快递晚了快一个星期。", "物流太慢了。", "好几天没有物流更新。"),
    ),
    ("price", True): (
        ("Good value for money.", "The discount made it worth it."),
        ("性价比很高。", "活动价很划算。"),
    ),
    ("price", False): (
        ("Saw it cheaper elsewhere the next day.", "Too expensive for what it is."),
        ("第二天别家更便宜。", "有点贵，不值这个价。"),
    ),
    ("service", True): (
        ("Support answered within minutes.", "Friendly staff, problem solved at once."),
        ("客服回复很快。", "客服很耐心，马上就解决了。"),
    ),
    ("service", False): (
        ("Waited three days for an answer.", "Support kept sending me the same text."),
        ("等了三天客服才回复。", "客服总是复制粘贴，没有解决问题。"),
    ),
    ("assortment", True): (
        ("Nice choice of brands.", "Found everything in one place."),
        ("品牌很多，选择丰富。", "一站式买齐，很方便。"),
    ),
    ("assortment", False): (
        ("My size is always out of stock.", "The item I wanted was sold out again."),
        ("想要的尺码总是缺货。", "喜欢的商品又卖完了。"),
    ),
}
